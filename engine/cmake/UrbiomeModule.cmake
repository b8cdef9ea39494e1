# urbiome_module(<name> [DEPENDS <modules>...] [DOORS <third-party targets>...])
#
# One folder engine/urbiome/<name> is one library urbiome::<name>. DEPENDS are modules that its headers use;
# DOORS are the third-party libraries for which this module alone is the door.
set_property(GLOBAL PROPERTY URBIOME_MODULES "")

function(urbiome_module name)
  cmake_parse_arguments(MODULE "" "" "DEPENDS;DOORS;SOURCES" ${ARGN})
  file(GLOB sources CONFIGURE_DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/urbiome/${name}/*.cpp)
  list(APPEND sources ${MODULE_SOURCES})
  set(target urbiome_${name})
  add_library(${target} STATIC ${sources})
  add_library(urbiome::${name} ALIAS ${target})
  set_target_properties(${target} PROPERTIES EXPORT_NAME ${name} LINKER_LANGUAGE CXX)
  target_include_directories(${target} PUBLIC $<BUILD_INTERFACE:${CMAKE_CURRENT_SOURCE_DIR}>
                                              $<INSTALL_INTERFACE:${CMAKE_INSTALL_INCLUDEDIR}>)
  target_compile_features(${target} PUBLIC cxx_std_20)
  foreach(module IN LISTS MODULE_DEPENDS)
    target_link_libraries(${target} PUBLIC urbiome_${module})
  endforeach()
  target_link_libraries(${target} PRIVATE $<BUILD_INTERFACE:urbiome_compiler> $<BUILD_INTERFACE:urbiome_warnings> ${MODULE_DOORS})
  set_property(GLOBAL APPEND PROPERTY URBIOME_MODULES ${name})
endfunction()
