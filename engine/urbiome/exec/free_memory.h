// What was freed and is kept for later goes back to the system, where the next large tables do not fit into it.
#pragma once

namespace urbiome {

void return_free_memory();

}  // namespace urbiome
