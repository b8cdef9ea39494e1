# Language level, warnings, floating-point rules and sanitizers, in one place.
set(CMAKE_CXX_STANDARD 20)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_CXX_VISIBILITY_PRESET hidden)
set(CMAKE_VISIBILITY_INLINES_HIDDEN ON)
set(CMAKE_POSITION_INDEPENDENT_CODE ON)
if(NOT CMAKE_BUILD_TYPE AND NOT CMAKE_CONFIGURATION_TYPES)
  set(CMAKE_BUILD_TYPE Release CACHE STRING "Build type" FORCE)
endif()

add_library(urbiome_compiler INTERFACE)
# The same digits on every compiler: no contraction, no fast-math.
target_compile_options(urbiome_compiler INTERFACE -ffp-contract=off)
add_library(urbiome_warnings INTERFACE)
target_compile_options(urbiome_warnings INTERFACE -Wall -Wextra -Wshadow -Wnon-virtual-dtor -Wold-style-cast
                       -Wno-missing-field-initializers)  # designated initialisers name what they set

set(URBIOME_SANITIZE "" CACHE STRING "Sanitizers, as in -fsanitize= (address,undefined or thread)")
if(URBIOME_SANITIZE)
  add_compile_options(-fsanitize=${URBIOME_SANITIZE} -fno-omit-frame-pointer -fno-sanitize-recover=all)
  add_link_options(-fsanitize=${URBIOME_SANITIZE})
endif()
