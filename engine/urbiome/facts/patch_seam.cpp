#include "urbiome/facts/patch_seam.h"

#include <algorithm>

#include "urbiome/kernel/row_links.h"

namespace urbiome {
namespace {

// How a component of a piece ends in the log of the first sweep.
enum class Fate : std::uint8_t {
  goes_on,  // below
  alone,    // it was one open component, whose figures the second pass over the cells will find again
  ended     // its figures are in the log
};

struct JoinedHead {
  std::int64_t closed;
  std::uint32_t above, parts, components, ended;
};

struct BackwardHead {
  std::int64_t closed;
  std::uint32_t above, open, below, begun;
};

struct NamedHead {
  std::int64_t first_id;
  std::uint32_t open, begun, later;
};

constexpr std::uint32_t kAlone = 0xffffffff;  // in place of the number of a patch
constexpr std::uint32_t kUnseen = 0xfffffffe;

}  // namespace

PatchSeam::PatchSeam(int directions, const SideLengths* sides, std::int64_t log_bytes, std::string scratch_folder)
    : seam_(neighbour_reach(directions)),
      sides_(sides),
      log_bytes_(log_bytes),
      folder_(std::move(scratch_folder)),
      joined_(log_bytes, folder_),
      named_(log_bytes, folder_) {}

// The longest log is the first: parts of three rows (one from above, two that are open here) and their components, and
// figures of patches of more than one open component, of which there are half as many as open components.
std::int64_t PatchSeam::most_bytes_per_piece(std::int64_t runs_per_row) {
  constexpr auto kPerPart = static_cast<std::int64_t>(sizeof(std::uint32_t) + sizeof(Fate));
  return static_cast<std::int64_t>(sizeof(JoinedHead)) +
         runs_per_row * (3 * kPerPart + static_cast<std::int64_t>(sizeof(Patch)));
}

// Figures of three rows of parts, of those that ended, a block that grows, and rows of runs.
std::int64_t PatchSeam::most_row_bytes(std::int64_t runs_per_row) {
  return 8 * runs_per_row * static_cast<std::int64_t>(sizeof(Patch));
}

// Sides between the last row of one piece and the first of the next, which neither has counted.
void PatchSeam::count_shared_sides(const BorderRows& lower) {
  if (last_.table.rows() == 0 || lower.table.rows() == 0) return;
  const bool by_class = !lower.classes.empty();
  link_all(last_.table.of_row(0), lower.table.of_row(0), 0, [&](std::size_t i, std::size_t j) {
    if (by_class && last_.classes[i] != lower.classes[j]) return;
    const Run &a = last_.table.runs[i], &b = lower.table.runs[j];
    const std::int64_t shared = std::min(a.end, b.end) - std::max(a.begin, b.begin);
    Patch& patch = parts_[static_cast<std::size_t>(seam_.above() + lower.open[j])];
    patch.shared += shared;
    if (sides_ != nullptr) patch.sides -= 2 * shared * sides_->across[static_cast<std::size_t>(lower.first_row)];
  });
}

void PatchSeam::add(BandBorder border, std::span<const Patch> open, std::int64_t closed) {
  seam_.add(border);
  parts_.insert(parts_.end(), open.begin(), open.end());
  is_alone_.resize(parts_.size(), 1);
  count_shared_sides(border.head);
  last_ = std::move(border.tail);

  const std::span<const std::uint32_t> of_part = seam_.of_part();
  const std::span<const char> goes_on = seam_.goes_on();
  // Figures are added up in place: a component's number is at most that of its parts.
  std::uint32_t components = 0;
  for (std::size_t part = 0; part < parts_.size(); ++part) {
    const std::uint32_t component = of_part[part];
    if (component == components) {
      parts_[component] = parts_[part];
      is_alone_[component] = is_alone_[part];
      ++components;
    } else {
      merge(parts_[component], parts_[part]);
      is_alone_[component] = 0;
    }
  }
  std::vector<Fate> fates(components);
  std::vector<Patch> ended;
  std::size_t kept = 0;
  for (std::uint32_t component = 0; component < components; ++component) {
    if (goes_on[component]) {
      parts_[kept] = parts_[component];
      is_alone_[kept++] = is_alone_[component];
      continue;
    }
    fates[component] = is_alone_[component] ? Fate::alone : Fate::ended;
    if (!is_alone_[component]) ended.push_back(parts_[component]);
  }
  parts_.resize(kept);
  is_alone_.resize(kept);

  Block block;
  block.put(JoinedHead{closed, static_cast<std::uint32_t>(seam_.above()), static_cast<std::uint32_t>(of_part.size()),
                       components, static_cast<std::uint32_t>(ended.size())});
  block.put_all(of_part);
  block.put_all(fates);
  block.put_all(ended);
  joined_.append(block);
}

void PatchSeam::note_scratch(const BlockLog& backward) {
  scratch_bytes_ =
      std::max(scratch_bytes_, joined_.scratch_bytes() + backward.scratch_bytes() + named_.scratch_bytes());
}

// From the last piece to the first: `of_above` tells for each part that goes on from a piece which patch it is of, by
// its place in `patches`, whose figures are whole.
void PatchSeam::look_back(BlockLog& backward, const std::function<void()>& step) {
  std::vector<Patch> patches = std::move(parts_), ended, begun, above;
  std::vector<std::uint32_t> of_below(patches.size()), of_part, of_component, place, open, below;
  for (std::uint32_t i = 0; i < of_below.size(); ++i) of_below[i] = i;
  std::vector<Fate> fates;
  Block block;
  while (joined_.blocks() > 0) {
    step();
    JoinedHead head{};
    joined_.pop(block);
    block.take(head);
    block.take_all(of_part, head.parts);
    block.take_all(fates, head.components);
    block.take_all(ended, head.ended);

    of_component.resize(head.components);
    const std::size_t patches_below = patches.size();
    std::size_t next_below = 0;
    for (std::size_t i = 0; i < head.components; ++i) {
      switch (fates[i]) {
        case Fate::goes_on:
          of_component[i] = of_below[next_below++];
          break;
        case Fate::alone:
          of_component[i] = kAlone;
          break;
        case Fate::ended:
          of_component[i] = static_cast<std::uint32_t>(patches.size());
          patches.push_back(ended[patches.size() - patches_below]);
          break;
      }
    }
    // Patches get their places for the piece above in the order of the parts that come from there ...
    place.assign(patches.size(), kUnseen);
    of_below.resize(head.above);
    above.clear();
    for (std::size_t part = 0; part < head.above; ++part) {
      const std::uint32_t patch = of_component[of_part[part]];
      of_below[part] = kAlone;
      if (patch == kAlone) continue;
      if (place[patch] == kUnseen) {
        place[patch] = static_cast<std::uint32_t>(above.size());
        above.push_back(patches[patch]);
      }
      of_below[part] = place[patch];
    }
    // ... and those that begin here come after them.
    open.clear();
    begun.clear();
    for (std::size_t part = head.above; part < head.parts; ++part) {
      const std::uint32_t patch = of_component[of_part[part]];
      if (patch != kAlone && place[patch] == kUnseen) {
        place[patch] = static_cast<std::uint32_t>(above.size() + begun.size());
        begun.push_back(patches[patch]);
      }
      open.push_back(patch == kAlone ? kAlone : place[patch]);
    }
    below.assign(place.begin(), place.begin() + static_cast<std::ptrdiff_t>(patches_below));
    block.clear();
    block.put(BackwardHead{head.closed, static_cast<std::uint32_t>(above.size()),
                           static_cast<std::uint32_t>(open.size()), static_cast<std::uint32_t>(below.size()),
                           static_cast<std::uint32_t>(begun.size())});
    block.put_all(open);
    block.put_all(below);
    block.put_all(begun);
    backward.append(block);
    note_scratch(backward);
    patches.swap(above);
  }
}

void PatchSeam::give_ids(BlockLog& backward, const std::function<void()>& step) {
  std::vector<std::int64_t> ids, ids_below;  // of the patches that come in from above, then of those that begin here
  std::vector<std::uint32_t> open, below;
  Named named;
  Block block;
  while (backward.blocks() > 0) {
    step();
    BackwardHead head{};
    backward.pop(block);
    block.take(head);
    block.take_all(open, head.open);
    block.take_all(below, head.below);
    block.take_all(named.patches, head.begun);

    std::int64_t begun_open = 0;  // in this piece so far, of open patches
    std::size_t begun = 0;
    named.kinds.clear();
    named.ids.clear();
    for (const std::uint32_t place : open) {
      if (place == kAlone) {
        named.kinds.push_back(Named::Kind::alone);
        ++begun_open;
      } else if (place < ids.size()) {
        named.kinds.push_back(Named::Kind::later);
        named.ids.push_back(ids[place]);
      } else {
        named.kinds.push_back(Named::Kind::first);
        Patch& patch = named.patches[begun++];
        patch.id += count_ + ++begun_open;  // it held the closed ones before it
        ids.push_back(patch.id);
      }
    }
    ids_below.clear();
    for (const std::uint32_t place : below) ids_below.push_back(ids[place]);
    ids.swap(ids_below);

    block.clear();
    block.put(NamedHead{count_, static_cast<std::uint32_t>(named.kinds.size()),
                        static_cast<std::uint32_t>(named.patches.size()),
                        static_cast<std::uint32_t>(named.ids.size())});
    block.put_all(named.kinds);
    block.put_all(named.patches);
    block.put_all(named.ids);
    named_.append(block);
    note_scratch(backward);
    count_ += head.closed + begun_open;
  }
}

std::int64_t PatchSeam::finish(const std::function<void()>& step) {
  BlockLog backward(log_bytes_, folder_);
  note_scratch(backward);
  look_back(backward, step);
  give_ids(backward, step);
  last_ = {};
  parts_ = {};
  is_alone_ = {};
  return count_;
}

void PatchSeam::read(std::int64_t piece, Named& named) const {
  Block block;
  NamedHead head{};
  named_.read(piece, block);
  block.take(head);
  named.first_id = head.first_id;
  block.take_all(named.kinds, head.open);
  block.take_all(named.patches, head.begun);
  block.take_all(named.ids, head.later);
}

}  // namespace urbiome
