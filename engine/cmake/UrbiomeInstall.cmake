# What `cmake --install` writes: bin/urbiome, one static library and one header folder per module, and the package that
# find_package(urbiome) reads. The libraries that only the command needs (CLI11, spdlog) stay out of it.
include(CMakePackageConfigHelpers)

get_property(modules GLOBAL PROPERTY URBIOME_MODULES)
set(package_dir ${CMAKE_INSTALL_LIBDIR}/cmake/urbiome)

# Headers that show a third-party library, themselves or through another, are private to their module and stay here.
# (<vector> is the standard's: no dot, no slash. io/json.h is the sanctioned exception.)
set(private_headers "")
foreach(round RANGE 2)
  file(GLOB_RECURSE headers RELATIVE ${PROJECT_SOURCE_DIR}/engine ${PROJECT_SOURCE_DIR}/engine/urbiome/*.h)
  list(REMOVE_ITEM headers urbiome/io/json.h)
  foreach(header IN LISTS headers)
    file(STRINGS ${PROJECT_SOURCE_DIR}/engine/${header} includes REGEX "^#include")
    foreach(include IN LISTS includes)
      string(REGEX REPLACE "^#include *[<\"]([^>\"]*).*" "\\1" included "${include}")
      if(include MATCHES "^#include *<[^>]*[./]" OR included IN_LIST private_headers)
        list(APPEND private_headers ${header})
      endif()
    endforeach()
  endforeach()
endforeach()
list(REMOVE_DUPLICATES private_headers)
list(TRANSFORM private_headers REPLACE "^.*/" "")

foreach(module IN LISTS modules)
  install(TARGETS urbiome_${module} EXPORT urbiomeTargets ARCHIVE DESTINATION ${CMAKE_INSTALL_LIBDIR})
  set(patterns "")
  foreach(header IN LISTS private_headers)
    list(APPEND patterns PATTERN ${header} EXCLUDE)
  endforeach()
  install(DIRECTORY ${PROJECT_SOURCE_DIR}/engine/urbiome/${module} DESTINATION ${CMAKE_INSTALL_INCLUDEDIR}/urbiome
          FILES_MATCHING PATTERN "*.h" ${patterns})
endforeach()
install(TARGETS urbiome_command RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR})
install(FILES ${PROJECT_SOURCE_DIR}/LICENSE ${PROJECT_SOURCE_DIR}/README.md DESTINATION ${CMAKE_INSTALL_DOCDIR})

install(EXPORT urbiomeTargets NAMESPACE urbiome:: DESTINATION ${package_dir})
configure_package_config_file(${PROJECT_SOURCE_DIR}/engine/cmake/urbiomeConfig.cmake.in
  ${PROJECT_BINARY_DIR}/urbiomeConfig.cmake INSTALL_DESTINATION ${package_dir})
write_basic_package_version_file(${PROJECT_BINARY_DIR}/urbiomeConfigVersion.cmake COMPATIBILITY SameMinorVersion)
install(FILES ${PROJECT_BINARY_DIR}/urbiomeConfig.cmake ${PROJECT_BINARY_DIR}/urbiomeConfigVersion.cmake
        DESTINATION ${package_dir})
