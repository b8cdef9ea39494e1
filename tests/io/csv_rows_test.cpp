#include "urbiome/io/csv_rows.h"

#include <gtest/gtest.h>

#include <cmath>
#include <random>

#include "io/scratch_folder.h"
#include "urbiome/io/delimited_text.h"

namespace urbiome {
namespace {

using Rows = std::vector<std::vector<std::string>>;

Rows read_rows(const std::string& path, const std::vector<std::string>& names) {
  CsvRows rows(path);
  Rows read;
  while (rows.next()) {
    read.emplace_back();
    for (const std::string& name : names) read.back().emplace_back(rows.text(rows.column(name)));
  }
  return read;
}

TEST(CsvRows, ReadsWhatRfc4180Allows) {
  const ScratchFolder folder;
  put_bytes(folder / "t.csv",
            "\xEF\xBB\xBF"
            "a,\"b\"\r\n1,\"x,\"\"y\"\"\"\r\n\r\n\"two\nlines\",S\xC3\xA9\n3,5\" pipe\r4,\"q\"r");
  EXPECT_EQ(read_rows(folder / "t.csv", {"a", "b"}),
            (Rows{{"1", "x,\"y\""}, {"two\nlines", "S\xC3\xA9"}, {"3", "5\" pipe"}, {"4", "qr"}}));
}

TEST(CsvRows, AgreesWithTheParserOfSmallTextsWhereverABufferEnds) {
  const ScratchFolder folder;
  std::string text = "name,value\n";
  for (int i = 0; i < 90000; ++i) {
    const std::string number = std::to_string(i);
    text += i % 3 == 0 ? "\"a \"\"" + number + "\"\",\n\"," : i % 3 == 1 ? "plain " + number + "," : "\"S\xC3\xA9\",";
    text += number + (i % 2 == 0 ? "\r\n" : "\n");
  }
  for (const std::size_t shift : {0U, 1U, 2U, 3U, 5U, 7U, 11U}) {  // the buffer ends elsewhere
    put_bytes(folder / "t.csv", "x" + std::string(shift, 'x') + text);
    const std::vector<DelimitedRow> lines = parse_csv(bytes_of(folder / "t.csv"), "t.csv");
    const Rows rows = read_rows(folder / "t.csv", lines.front().cells);
    ASSERT_EQ(rows.size() + 1, lines.size());
    for (std::size_t i = 0; i < rows.size(); ++i) ASSERT_EQ(rows[i], lines[i + 1].cells) << i;
  }
}

// Every cell, "" where it is missing; what is wrong with the file instead, if it is.
Rows all_cells(CsvRows&& rows) {
  Rows read;
  while (rows.next()) read.push_back({std::string(rows.cell(0)), std::string(rows.cell(1))});
  return read;
}

Rows all_cells(std::vector<DelimitedRow>&& lines) {
  Rows read;
  for (DelimitedRow& line : lines) {
    if (line.cells.size() > 2) throw Error(ErrorCode::unreadable, "more cells than columns");
    line.cells.resize(2);
    read.push_back(std::move(line.cells));
  }
  read.erase(read.begin());
  return read;
}

template <class Read>
Rows cells_or_error(Read read) {
  try {
    return all_cells(read());
  } catch (const Error&) {
    return {{"an error"}};
  }
}

TEST(CsvRows, AgreesWithTheParserOfSmallTextsOnAnyText) {
  const ScratchFolder folder;
  std::mt19937_64 random(1);
  const std::string letters = "a1,,\"\"\n\n\r ";
  int sound = 0;
  for (int round = 0; round < 1000; ++round) {
    std::string text = "a,b\n";
    for (std::size_t i = random() % 16; i > 0; --i) text += letters[random() % letters.size()];
    put_bytes(folder / "t.csv", text);
    const Rows rows = cells_or_error([&] { return CsvRows(folder / "t.csv"); });
    ASSERT_EQ(rows, cells_or_error([&] { return CsvRows(text, "t.csv"); })) << testing::PrintToString(text);
    ASSERT_EQ(rows, cells_or_error([&] { return parse_csv(text, "t.csv"); })) << testing::PrintToString(text);
    sound += rows == Rows{{"an error"}} ? 0 : 1;
  }
  EXPECT_GT(sound, 300);
}

TEST(CsvRows, RowsMayBeLongerThanTheBuffer) {
  const ScratchFolder folder;
  const std::string longest(5 << 20, 'z');
  put_bytes(folder / "t.csv", "a,b\n" + longest + ",1\n2,\"" + longest + "\"\n");
  EXPECT_EQ(read_rows(folder / "t.csv", {"a", "b"}), (Rows{{longest, "1"}, {"2", longest}}));
}

TEST(CsvRows, NumbersAreFinite) {
  const ScratchFolder folder;
  put_bytes(folder / "t.csv", "n\n1.5e3\n\"7\"\n-0\n");
  CsvRows rows(folder / "t.csv");
  std::vector<double> values;
  while (rows.next()) values.push_back(rows.number(0, "a number"));
  EXPECT_EQ(values, (std::vector<double>{1500, 7, 0}));
  EXPECT_FALSE(std::signbit(values[2]));
  for (const std::string text : {"nan", "inf", "-inf", "1e999", "five", "5 m", " 5", "0x10", "1,5"}) {
    put_bytes(folder / "t.csv", "n\n1\n\"" + text + "\"\n");
    CsvRows odd(folder / "t.csv");
    ASSERT_TRUE(odd.next() && odd.next());
    expect_error(ErrorCode::unreadable, "t.csv line 3 has \"" + text, [&] { odd.number(0, "a number"); });
  }
}

TEST(CsvRows, TellsWhereItIsAndHowItEnds) {
  const ScratchFolder folder;
  put_bytes(folder / "t.csv", "a\n1\n\n\"2\n2\"\n3");
  CsvRows rows(folder / "t.csv");
  std::vector<std::int64_t> lines;
  while (rows.next()) lines.push_back(rows.line());
  EXPECT_EQ(lines, (std::vector<std::int64_t>{2, 4, 6}));
  EXPECT_EQ(rows.share_read(), 1);
  EXPECT_TRUE(rows.ends_within_line());
  put_bytes(folder / "t.csv", "a\n1\n");
  CsvRows whole(folder / "t.csv");
  while (whole.next()) {
  }
  EXPECT_FALSE(whole.ends_within_line());
}

TEST(CsvRows, HostileFilesAreErrors) {
  const ScratchFolder folder;
  const auto read = [&](const std::string& bytes) {
    put_bytes(folder / "h.csv", bytes);
    read_rows(folder / "h.csv", {"a", "b"});
  };
  expect_error(ErrorCode::unreadable, "does not exist", [&] { CsvRows(folder / "none.csv"); });
  expect_error(ErrorCode::unreadable, "is a folder", [&] { CsvRows rows(folder.text()); });
  expect_error(ErrorCode::unreadable, "is empty", [&] { read(""); });
  expect_error(ErrorCode::unreadable, "is empty", [&] { read("\n\n"); });
  expect_error(ErrorCode::unreadable, "line 3 has 3 cells", [&] { read("a,b\n1,2\n1,2,3\n"); });
  expect_error(ErrorCode::unreadable, "line 3 ends before the column b", [&] { read("a,b\n1,2\n1\n"); });
  expect_error(ErrorCode::unreadable, "line 2 has nothing in the column a", [&] { read("a,b\n,2\n"); });
  expect_error(ErrorCode::unreadable, "line 2 opens a quote", [&] { read("a,b\n\"1,2\n"); });
  expect_error(ErrorCode::unreadable, "line 2 is not UTF-8", [&] { read("a,b\nS\xE3o,2\n"); });
  expect_error(ErrorCode::unreadable, "line 1 is not UTF-8", [&] {
    read(
        std::string("\xFF\xFE"
                    "a\0,\0b\0\n\0",
                    10));
  });
  expect_error(ErrorCode::unreadable, "no comma", [&] { read("a;b\n1;2\n"); });
  expect_error(ErrorCode::unreadable, "no column b", [&] { read("a,c\n1,2\n"); });
  expect_error(ErrorCode::unreadable, "two columns a", [&] { read("a,a,b\n1,2,3\n"); });
}

}  // namespace
}  // namespace urbiome
