// What the loops of label_rows_inl.h and label_classes_inl.h hand to each other; part of label.cpp.
#pragma once

#include <cstdint>
#include <limits>

#include "urbiome/kernel/label.h"

namespace urbiome {

inline constexpr std::uint32_t kNoLabel = std::numeric_limits<std::uint32_t>::max();
inline constexpr std::uint32_t kOutside = 0;  // the label of runs that no patch is made of

// A row as bits: members, where runs start, and how many start before each word.
struct RowMasks {
  std::uint64_t *members, *starts;
  std::uint32_t* before;
};

// Where the runs of a row meet those above, by the column at which both runs, or the one named, have begun last. With
// classes: those of its meetings that a run does not take its label from.
struct Meetings {
  std::uint64_t* same;          // members that equal the cell above; one word more than the row
  std::uint32_t* same_before;   // their number before each word
  std::uint64_t* from_left;     // with classes: the upper run is the one before (a corner)
  std::int32_t *at, *right_at;  // columns of meetings; at right_at the upper run is the one after
  std::size_t count, right_count;
  std::int32_t* takes;    // with classes, by run: the slot of the label above that it takes, or one of the next two
  std::int32_t* same_at;  // with classes, by run: `same` cells left of it; one entry more than runs
};

// Before the labels of a row by class stand two that runs take which met nobody, members or not.
inline constexpr std::int32_t kNewSlot = -1, kOutsideSlot = -2;
inline constexpr std::size_t kSlots = 2;
// Runs by class are added up by four, so some places beyond a row's are read and written.
inline constexpr std::size_t kAddedAtOnce = 4;

// A row that is being labelled. Columns: begin and end of every run, or (by class) begins and the end of the row.
struct NewRow {
  const std::int32_t* columns;
  std::uint32_t* labels;  // of runs; of one role: what they took from meetings, or kNoLabel
  std::size_t runs;
  std::int32_t row;  // counted from the band's first
};

}  // namespace urbiome
