# urbiome_embed(<target> <symbol> <root> <files relative to root>...)
#
# Puts files into the program, byte for byte, so that one executable is enough. The generated header
# <symbol>.h (include directory of <target>) declares
#     std::span<const urbiome::EmbeddedFile> urbiome::<symbol>();
# with {path, content} for each file, sorted by path.
function(urbiome_embed target symbol root)
  set(folder ${CMAKE_CURRENT_BINARY_DIR}/embed)
  file(MAKE_DIRECTORY ${folder})
  set(assembly ".section .rodata\n")
  set(externs "")
  set(entries "")
  set(index 0)
  set(paths "")
  list(SORT ARGN)
  foreach(file IN LISTS ARGN)
    set(path ${root}/${file})
    set(name urbiome_${symbol}_${index})
    string(APPEND assembly ".balign 16\n.global ${name}_begin\n.global ${name}_end\n${name}_begin:\n.incbin \"${path}\"\n${name}_end:\n.byte 0\n")
    string(APPEND externs "extern const char ${name}_begin[];\nextern const char ${name}_end[];\n")
    string(APPEND entries "      {\"${file}\", {${name}_begin, static_cast<std::size_t>(${name}_end - ${name}_begin)}},\n")
    list(APPEND paths ${path})
    math(EXPR index "${index} + 1")
  endforeach()
  string(APPEND assembly ".section .note.GNU-stack,\"\",@progbits\n")
  file(CONFIGURE OUTPUT ${folder}/${symbol}.S CONTENT "${assembly}" @ONLY)
  file(CONFIGURE OUTPUT ${folder}/${symbol}.h CONTENT "#pragma once
#include \"urbiome/base/embedded_file.h\"
namespace urbiome {
std::span<const EmbeddedFile> ${symbol}();
}
" @ONLY)
  file(CONFIGURE OUTPUT ${folder}/${symbol}.cpp CONTENT "#include \"${symbol}.h\"
extern \"C\" {
${externs}}
namespace urbiome {
std::span<const EmbeddedFile> ${symbol}() {
  static const EmbeddedFile files[] = {
${entries}  };
  return files;
}
}
" @ONLY)
  set_source_files_properties(${folder}/${symbol}.S PROPERTIES OBJECT_DEPENDS "${paths}")
  target_sources(${target} PRIVATE ${folder}/${symbol}.S ${folder}/${symbol}.cpp)
  target_include_directories(${target} PRIVATE ${folder})
endfunction()
