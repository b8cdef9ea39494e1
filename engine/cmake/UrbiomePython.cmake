# The distribution's Python unless -DPython3_EXECUTABLE says otherwise: another one early in PATH lacks the packages.
if(NOT DEFINED Python3_EXECUTABLE AND EXISTS /usr/bin/python3)
  set(Python3_EXECUTABLE /usr/bin/python3 CACHE FILEPATH "Python that tests and bindings use")
endif()
