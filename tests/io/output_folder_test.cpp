#include "urbiome/io/output_folder.h"

#include <gtest/gtest.h>

#include <filesystem>

#include "io/scratch_folder.h"

namespace urbiome {
namespace {

namespace fs = std::filesystem;

void write_output(const std::string& target, bool overwrite, const std::string& text) {
  OutputFolder folder(target, overwrite);
  put_bytes(folder.path("run.json"), text);
  put_bytes(folder.path("maps/classes.tif"), text);
  folder.commit();
}

TEST(OutputFolder, AppearsOnlyWhenCommitted) {
  const ScratchFolder scratch;
  {
    OutputFolder folder(scratch / "out/", false);
    put_bytes(folder.path("run.json"), "1");
    EXPECT_FALSE(fs::exists(scratch / "out"));
    EXPECT_EQ(fs::path(folder.staging()).parent_path(), fs::canonical(scratch.text()));
    EXPECT_EQ(fs::path(folder.staging()).filename().string().rfind(".out.partial-", 0), 0U);
  }
  EXPECT_EQ(scratch.entries(), 0U) << "what was not committed is removed";
  write_output(scratch / "out", false, "1");
  EXPECT_EQ(bytes_of(scratch / "out/maps/classes.tif"), "1");
  EXPECT_EQ(scratch.entries(), 1U);
}

TEST(OutputFolder, ReplacesOnlyItsOwnKindAndOnlyWhenAsked) {
  const ScratchFolder scratch;
  fs::create_directory(scratch / "out");
  write_output(scratch / "out", false, "1");  // an empty folder is fine
  expect_error(ErrorCode::usage, "--overwrite", [&] { OutputFolder(scratch / "out", false); });
  put_bytes(scratch / "out/left.txt", "from before");
  write_output(scratch / "out", true, "2");
  EXPECT_EQ(bytes_of(scratch / "out/run.json"), "2");
  EXPECT_FALSE(fs::exists(scratch / "out/left.txt"));
  EXPECT_EQ(scratch.entries(), 1U);

  fs::create_directory(scratch / "home");
  put_bytes(scratch / "home/thesis.odt", "years of work");
  expect_error(ErrorCode::usage, "run.json", [&] { OutputFolder(scratch / "home", true); });
  expect_error(ErrorCode::usage, "not a folder", [&] { OutputFolder(scratch / "home/thesis.odt", true); });
  EXPECT_EQ(bytes_of(scratch / "home/thesis.odt"), "years of work");
}

TEST(OutputFolder, LooksAgainBeforeItReplaces) {
  const ScratchFolder scratch;
  OutputFolder folder(scratch / "out", false);
  put_bytes(folder.path("run.json"), "late");
  write_output(scratch / "out", false, "first");
  expect_error(ErrorCode::unwritable, "not empty", [&] { folder.commit(); });
  EXPECT_EQ(bytes_of(scratch / "out/run.json"), "first");
}

TEST(OutputFolder, RefusesImpossibleTargets) {
  const ScratchFolder scratch;
  expect_error(ErrorCode::unwritable, "make that folder first", [&] { OutputFolder(scratch / "none/out", false); });
  expect_error(ErrorCode::usage, "no name", [&] { OutputFolder("", false); });
  expect_error(ErrorCode::usage, "", [&] { OutputFolder("/", true); });
  const fs::path before = fs::current_path();
  fs::create_directory(scratch / "here");
  fs::current_path(scratch / "here");
  expect_error(ErrorCode::usage, "working directory", [&] { OutputFolder(".", true); });
  expect_error(ErrorCode::usage, "working directory", [&] { OutputFolder("..", true); });
  fs::current_path(before);
}

TEST(OutputFolder, HostilePathsStayInside) {
  const ScratchFolder scratch;
  const OutputFolder folder(scratch / "out", false);
  for (const std::string hostile : {"../x", "maps/../../x", "/etc/x", "", ".", "..", "maps/", "a/./b"}) {
    expect_error(ErrorCode::unwritable, "inside the output folder", [&] { folder.path(hostile); });
  }
  expect_error(ErrorCode::unwritable, "inside the output folder", [&] { folder.path(std::string("a\0b", 3)); });
  EXPECT_EQ(folder.path("..x"), folder.staging() + "/..x");
}

TEST(OutputFolder, KeepsAwayFromWhatAKilledRunLeft) {
  const ScratchFolder scratch;
  const OutputFolder one(scratch / "out", false), two(scratch / "out", false);
  EXPECT_NE(one.staging(), two.staging());
}

TEST(OutputFolder, FollowsALink) {
  const ScratchFolder scratch;
  write_output(scratch / "real", false, "1");
  fs::create_directory_symlink(scratch / "real", scratch / "link");
  write_output(scratch / "link", true, "2");
  EXPECT_TRUE(fs::is_symlink(scratch / "link"));
  EXPECT_EQ(bytes_of(scratch / "real/run.json"), "2");
}

TEST(OutputFile, KeepsTheExtensionAndTheOldFileUntilCommit) {
  const ScratchFolder scratch;
  put_bytes(scratch / "map.tif", "old");
  expect_error(ErrorCode::usage, "--overwrite", [&] { OutputFile(scratch / "map.tif", false); });
  expect_error(ErrorCode::usage, "regular file", [&] { OutputFile("/dev/null", true); });
  {
    OutputFile file(scratch / "map.tif", true);
    EXPECT_EQ(fs::path(file.staging()).extension(), ".tif");
    put_bytes(file.staging(), "new");
    put_bytes(file.staging() + ".aux.xml", "names");
    EXPECT_EQ(bytes_of(scratch / "map.tif"), "old");
    file.commit();
  }
  EXPECT_EQ(bytes_of(scratch / "map.tif"), "new");
  EXPECT_EQ(bytes_of(scratch / "map.tif.aux.xml"), "names");
  {
    OutputFile file(scratch / "map.tif", true);
    put_bytes(file.staging(), "half");
  }
  EXPECT_EQ(bytes_of(scratch / "map.tif"), "new");
  EXPECT_EQ(scratch.entries(), 2U);
}

TEST(Checksum, AgreesWithTheStandard) {
  const ScratchFolder scratch;
  put_bytes(scratch / "abc", "abc");
  EXPECT_EQ(sha256_of_file(scratch / "abc"),
            "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");  // FIPS 180-4
  put_bytes(scratch / "a", std::string(1000000, 'a'));
  EXPECT_EQ(sha256_of_file(scratch / "a"), "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
  expect_error(ErrorCode::unreadable, "none", [&] { sha256_of_file(scratch / "none"); });
  expect_error(ErrorCode::unreadable, "not a file", [&] { sha256_of_file(scratch.text()); });
}

TEST(FilesOfDataset, NamesSidecarsAndSourcesOfEveryDepth) {
  const ScratchFolder scratch;
  put_bytes(scratch / "a.asc", "ncols 1\nnrows 1\nxllcorner 0\nyllcorner 0\ncellsize 1\n5\n");
  put_bytes(scratch / "a.prj", "");
  const auto vrt = [](const std::string& source) {
    return "<VRTDataset rasterXSize=\"1\" rasterYSize=\"1\"><VRTRasterBand dataType=\"Byte\" band=\"1\"><SimpleSource>"
           "<SourceFilename relativeToVRT=\"1\">" +
           source +
           "</SourceFilename><SourceBand>1</SourceBand></SimpleSource>"
           "</VRTRasterBand></VRTDataset>";
  };
  put_bytes(scratch / "inner.vrt", vrt("a.asc"));
  put_bytes(scratch / "outer.vrt", vrt("inner.vrt"));
  const std::vector<std::string> files = files_of_dataset(scratch / "outer.vrt");
  const auto holds = [&](const std::string& name) {
    return std::find(files.begin(), files.end(), scratch / name) != files.end();
  };
  EXPECT_TRUE(holds("outer.vrt") && holds("inner.vrt") && holds("a.asc")) << ::testing::PrintToString(files);
  put_bytes(scratch / "notes.txt", "plain");
  EXPECT_EQ(files_of_dataset(scratch / "notes.txt"), std::vector<std::string>{scratch / "notes.txt"});
  EXPECT_TRUE(files_of_dataset(scratch / "none.tif").empty());
  EXPECT_TRUE(files_of_dataset("/vsicurl_none/x.tif").empty());
}

// In a process of its own, for none of its outputs can be put in place afterwards.
TEST(OutputFolder, IsAbandonedWithAllThatIsUnfinished) {
  const ScratchFolder scratch;
  put_bytes(scratch / "kept.tif", "old");
  const pid_t child = ::fork();
  if (child == 0) {
    OutputFolder folder(scratch / "out", false);
    OutputFile file(scratch / "kept.tif", true);
    put_bytes(folder.path("maps/classes.tif"), "half");
    put_bytes(file.staging(), "half");
    put_bytes(file.staging() + ".aux.xml", "half");
    ::_exit(scratch.entries() == 4 && abandon_outputs() ? 0 : 1);
  }
  int status = 0;
  ::waitpid(child, &status, 0);
  EXPECT_TRUE(WIFEXITED(status) && WEXITSTATUS(status) == 0);
  EXPECT_EQ(scratch.entries(), 1U);
  EXPECT_EQ(bytes_of(scratch / "kept.tif"), "old");
}

TEST(OutputFolder, IsNotAbandonedWhenItIsInPlace) {
  const ScratchFolder scratch;
  write_output(scratch / "out", false, "1");
  EXPECT_FALSE(abandon_outputs());
  EXPECT_EQ(bytes_of(scratch / "out/run.json"), "1");
  write_output(scratch / "out", true, "2");  // as before
  EXPECT_EQ(bytes_of(scratch / "out/run.json"), "2");
}

}  // namespace
}  // namespace urbiome
