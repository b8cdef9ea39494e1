from reach_command import contend_reach

contend_reach(within=True)
