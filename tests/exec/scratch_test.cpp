#include "urbiome/exec/scratch.h"

#include <gtest/gtest.h>

#include <sys/resource.h>
#include <unistd.h>
#include <csignal>
#include <filesystem>
#include <random>

#include "urbiome/base/error.h"

namespace urbiome {
namespace {

namespace fs = std::filesystem;

// A folder that is empty before and after.
class EmptyFolder {
 public:
  EmptyFolder() : path_(fs::temp_directory_path() / ("urbiome-scratch-test-" + std::to_string(getpid()))) {
    fs::create_directory(path_);
  }
  ~EmptyFolder() {
    EXPECT_TRUE(fs::is_empty(path_));
    fs::remove_all(path_);
  }
  std::string path() const { return path_.string(); }

 private:
  fs::path path_;
};

std::vector<int> numbers(int i) {
  std::vector<int> list(static_cast<std::size_t>(i * 37 % 1000));
  for (std::size_t k = 0; k < list.size(); ++k) list[k] = i + static_cast<int>(k);
  return list;
}

void put(BlockLog& log, int i) {
  Block block;
  const std::vector<int> list = numbers(i);
  block.put(list.size());
  block.put_all(list);
  log.append(block);
}

std::vector<int> taken(Block& block) {
  std::size_t size = 0;
  std::vector<int> list;
  block.take(size);
  block.take_all(list, size);
  return list;
}

TEST(BlockLog, GivesBackWhatWasPutWhereverItLies) {
  const EmptyFolder folder;
  for (const std::int64_t memory : {0, 5000, 100000, 100000000}) {
    BlockLog log(memory, folder.path());
    for (int i = 0; i < 300; ++i) put(log, i);
    EXPECT_LE(log.memory_bytes(), memory);
    EXPECT_EQ(log.scratch_bytes() > 0, memory < 1000000);
    EXPECT_TRUE(fs::is_empty(folder.path()));
    Block block;
    for (const int i : {7, 299, 0, 150, 7}) {
      log.read(i, block);
      EXPECT_EQ(taken(block), numbers(i));
    }
    for (int i = 299; i >= 0; --i) {
      log.pop(block);
      ASSERT_EQ(taken(block), numbers(i));
      if (i % 3 != 0) continue;
      put(log, i);  // it may grow again at any time
      log.pop(block);
      ASSERT_EQ(taken(block), numbers(i));
    }
    EXPECT_EQ(log.blocks() + log.memory_bytes() + log.scratch_bytes(), 0);
  }
}

TEST(ScratchFile, AFullDiskIsSaidInOneSentence) {
  const EmptyFolder folder;
  rlimit old{};
  getrlimit(RLIMIT_FSIZE, &old);
  const rlimit small{1000, old.rlim_max};
  const auto handler = std::signal(SIGXFSZ, SIG_IGN);
  setrlimit(RLIMIT_FSIZE, &small);
  std::string said;
  try {
    ScratchFile(folder.path()).write(0, std::vector<std::byte>(5000));
  } catch (const Error& error) {
    said = error.what();
    EXPECT_EQ(error.code(), ErrorCode::unwritable);
  }
  setrlimit(RLIMIT_FSIZE, &old);
  std::signal(SIGXFSZ, handler);
  EXPECT_NE(said.find(folder.path()), std::string::npos) << said;
  EXPECT_NE(said.find("--scratch"), std::string::npos) << said;
}

TEST(ScratchFile, AFolderThatIsNoneIsSaid) { EXPECT_THROW(ScratchFile("/dev/null/nowhere"), Error); }

}  // namespace
}  // namespace urbiome
