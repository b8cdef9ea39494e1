# See CMakeLists.txt. Variables: BUILD_DIR CONSUMER_DIR SCRATCH CXX BUILD_TYPE SANITIZE VERSION MODULES PYTHON
cmake_minimum_required(VERSION 3.25)
function(run)
  execute_process(COMMAND ${ARGV} RESULT_VARIABLE status OUTPUT_VARIABLE output ERROR_VARIABLE output)
  if(NOT status EQUAL 0)
    string(JOIN " " line ${ARGV})
    message(FATAL_ERROR "failed (${status}): ${line}\n${output}")
  endif()
  set(output "${output}" PARENT_SCOPE)
endfunction()

file(REMOVE_RECURSE ${SCRATCH})
set(prefix "${SCRATCH}/a prefix")  # with a space: the package must not mind
run(${CMAKE_COMMAND} --install ${BUILD_DIR} --prefix "${prefix}")

file(GLOB_RECURSE files RELATIVE "${prefix}" "${prefix}/*")
foreach(expected IN ITEMS bin/urbiome include/urbiome/base/exact.h include/urbiome/vector/crs.h)
  if(NOT expected IN_LIST files)
    message(FATAL_ERROR "${expected} was not installed; there is: ${files}")
  endif()
endforeach()
foreach(module IN LISTS MODULES)
  if(NOT files MATCHES "liburbiome_${module}[.]a")
    message(FATAL_ERROR "the library of module ${module} was not installed")
  endif()
endforeach()
if(files MATCHES "[.]cpp|include/urbiome/cli")
  message(FATAL_ERROR "sources or headers of the command were installed: ${files}")
endif()

# The package must stand on its own: nothing in it may point back into the build or source tree.
file(GLOB_RECURSE package "${prefix}/*.cmake")
foreach(file IN LISTS package)
  file(READ ${file} text)
  string(FIND "${text}" "${BUILD_DIR}" position)
  if(NOT position EQUAL -1 OR text MATCHES "urbiome_compiler|urbiome_warnings")
    message(FATAL_ERROR "${file} leaks what belongs to the build tree")
  endif()
endforeach()

# Every installed header must compile with what is installed.
file(GLOB_RECURSE headers RELATIVE "${prefix}/include" "${prefix}/include/*.h")
list(TRANSFORM headers REPLACE "(.+)" "#include \"\\1\"")
list(JOIN headers "\n" text)
file(WRITE ${SCRATCH}/all_headers.cpp "${text}\n")

set(flags "")
if(SANITIZE)
  set(flags "-fsanitize=${SANITIZE}")
endif()
run(${CMAKE_COMMAND} -S ${CONSUMER_DIR} -B ${SCRATCH}/build -DCMAKE_PREFIX_PATH=${prefix} -DCMAKE_CXX_COMPILER=${CXX}
    -DCMAKE_BUILD_TYPE=${BUILD_TYPE} -DCMAKE_CXX_FLAGS=${flags} -DEXPECTED_VERSION=${VERSION}
    -DALL_HEADERS=${SCRATCH}/all_headers.cpp)
run(${CMAKE_COMMAND} --build ${SCRATCH}/build)
run(${SCRATCH}/build/consumer)
if(NOT output MATCHES "consumer: fine")
  message(FATAL_ERROR "the consumer said: ${output}")
endif()

# A version that is not there must be refused.
execute_process(COMMAND ${CMAKE_COMMAND} -S ${CONSUMER_DIR} -B ${SCRATCH}/other -DCMAKE_PREFIX_PATH=${prefix}
  -DCMAKE_CXX_COMPILER=${CXX} -DEXPECTED_VERSION=99.0 RESULT_VARIABLE status OUTPUT_QUIET ERROR_QUIET)
if(status EQUAL 0)
  message(FATAL_ERROR "find_package(urbiome 99.0) succeeded")
endif()

run("${prefix}/bin/urbiome" --version)

# Python finds the installed package below the prefix.
if(PYTHON AND NOT SANITIZE)
  file(GLOB_RECURSE module "${prefix}/__init__.py")
  if(NOT module)
    message(FATAL_ERROR "the Python package was not installed")
  endif()
  cmake_path(GET module PARENT_PATH folder)
  cmake_path(GET folder PARENT_PATH folder)
  run(${CMAKE_COMMAND} -E env PYTHONPATH=${folder} ${PYTHON} -c "print(__import__('urbiome').__version__)")
  if(NOT output MATCHES "${VERSION}")
    message(FATAL_ERROR "the installed Python package says version ${output}")
  endif()
endif()
