// The types that cells of a raster file can have.
#pragma once

#include <cstddef>
#include <cstdint>

namespace urbiome {

enum class CellType : std::uint8_t { u8, i8, u16, i16, u32, i32, u64, i64, f32, f64 };
std::size_t size_of(CellType type);  // bytes
inline bool is_float(CellType type) { return type == CellType::f32 || type == CellType::f64; }

}  // namespace urbiome
