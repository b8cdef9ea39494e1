#include "urbiome/io/tables.h"

#include <gtest/gtest.h>

#include <cmath>
#include <cstring>
#include <limits>
#include <random>

#include "io/scratch_folder.h"

namespace urbiome {
namespace {

Table one_column(const std::vector<Cell>& cells) {
  Table table{"t", {"a", "b"}, {}};
  for (const Cell& cell : cells) table.rows.push_back({cell, std::int64_t{1}});
  return table;
}

TEST(Csv, QuotesOnlyWhatRfc4180Asks) {
  const ScratchFolder folder;
  Table table{"t", {"plain", "com,ma"}, {}};
  table.rows.push_back({std::string("say \"hi\""), std::string("two\nlines")});
  table.rows.push_back({Cell{}, std::string("Sé, São Paulo")});
  write_csv(folder / "t.csv", table);
  EXPECT_EQ(bytes_of(folder / "t.csv"), "plain,\"com,ma\"\n\"say \"\"hi\"\"\",\"two\nlines\"\n,\"Sé, São Paulo\"\n");
}

TEST(Csv, EscapesTextThatBeginsLikeAFormulaButNeverNumbers) {
  const ScratchFolder folder;
  write_csv(folder / "t.csv",
            one_column({std::string("=cmd|' /C calc'!A0"), std::string("+1"), std::string("-x"), std::string("@a"),
                        std::string("\tb"), std::string("\rc"), -1.5, std::int64_t{-7}}));
  EXPECT_EQ(bytes_of(folder / "t.csv"),
            "a,b\n'=cmd|' /C calc'!A0,1\n'+1,1\n'-x,1\n'@a,1\n'\tb,1\n\"'\rc\",1\n-1.5,1\n-7,1\n");
}

TEST(Csv, NumbersHaveTheFewestDigitsThatReadBack) {
  EXPECT_EQ(number_text(0.1), "0.1");
  EXPECT_EQ(number_text(100), "100");
  EXPECT_EQ(number_text(1e22), "1e+22");
  EXPECT_EQ(number_text(-0.0), "-0");
  std::mt19937_64 random(7);
  for (int i = 0; i < 20000; ++i) {
    const std::uint64_t bits = random();
    double value = 0;
    std::memcpy(&value, &bits, sizeof value);
    if (!std::isfinite(value)) continue;
    EXPECT_EQ(std::strtod(number_text(value).c_str(), nullptr), value);
  }
}

TEST(Csv, ReadingUndoesNothing) {
  const ScratchFolder folder;
  write_csv(folder / "t.csv", one_column({std::string("=1"), std::string("007"), std::string(" x "), Cell{}}), true);
  EXPECT_EQ(bytes_of(folder / "t.csv").substr(0, 3), "\xEF\xBB\xBF");
  const Table table = read_csv(folder / "t.csv");
  EXPECT_EQ(table.columns, (std::vector<std::string>{"a", "b"}));
  ASSERT_EQ(table.rows.size(), 4U);
  EXPECT_EQ(std::get<std::string>(table.rows[0][0]), "'=1");
  EXPECT_EQ(std::get<std::string>(table.rows[1][0]), "007");
  EXPECT_EQ(std::get<std::string>(table.rows[2][0]), " x ");
  EXPECT_TRUE(std::holds_alternative<std::monostate>(table.rows[3][0]));
}

TEST(Csv, HostileFilesAreErrors) {
  const ScratchFolder folder;
  const auto read = [&](const std::string& bytes) {
    put_bytes(folder / "h.csv", bytes);
    read_csv(folder / "h.csv");
  };
  expect_error(ErrorCode::unreadable, "does not exist", [&] { read_csv(folder / "none.csv"); });
  expect_error(ErrorCode::unreadable, "is a folder", [&] { read_csv(folder.text()); });
  expect_error(ErrorCode::unreadable, "is empty", [&] { read(""); });
  expect_error(ErrorCode::unreadable, "line 3", [&] { read("a,b\n1,2\n1,2,3\n"); });
  expect_error(ErrorCode::unreadable, "line 2 opens a quote", [&] { read("a,b\n\"1,2\n"); });
  expect_error(ErrorCode::unreadable, "UTF-8", [&] { read("a,b\nS\xE3o,2\n"); });
  expect_error(ErrorCode::unreadable, "comma", [&] { read("a;b\n1;2\n"); });
}

TEST(Csv, AFullDiskAndAMissingFolderAreErrors) {
  const ScratchFolder folder;
  expect_error(ErrorCode::unwritable, "none/t.csv", [&] { write_csv(folder / "none/t.csv", one_column({1.0})); });
  const Table large = one_column(std::vector<Cell>(20000, std::string("some text")));
  EXPECT_TRUE(reports_full_disk(4096, [&] { write_csv(folder / "t.csv", large); }));
  EXPECT_TRUE(reports_full_disk(4096, [&] { write_csv("/dev/full", large); }))
      << "a short write that only the close reports";
}

TEST(Json, RowsAreObjectsAndWhatIsMissingIsNull) {
  const Table table = one_column({0.5, std::int64_t{3}, std::string("x"), Cell{},
                                  std::numeric_limits<double>::quiet_NaN(), std::string("S\xE3o")});
  const Json json = table_to_json(table);
  ASSERT_EQ(json.size(), 6U);
  EXPECT_EQ(json[0].dump(), R"({"a":0.5,"b":1})");
  EXPECT_EQ(json[1]["a"], 3);
  EXPECT_EQ(json[2]["a"], "x");
  EXPECT_TRUE(json[3]["a"].is_null());
  EXPECT_TRUE(json[4]["a"].is_null());
  EXPECT_EQ(json[5]["a"], "São");
}

TEST(Xlsx, WritesSheetsWithSafeNames) {
  const ScratchFolder folder;
  Table table =
      one_column({std::string("=1+1"), 0.25, std::int64_t{1} << 60, Cell{}, std::numeric_limits<double>::infinity()});
  table.name = "a/b:[c]*? with a name that is far too long for a sheet";
  Table twin = table;
  Table chinese = one_column({std::string("越秀区")});
  chinese.name = "越秀区";
  write_xlsx(folder / "t.xlsx", {table, twin, chinese, Table{"empty", {}, {}}});
  const std::string bytes = bytes_of(folder / "t.xlsx");
  EXPECT_EQ(bytes.substr(0, 2), "PK");
  write_xlsx(folder / "u.xlsx", {table, twin, chinese, Table{"empty", {}, {}}});
  EXPECT_TRUE(bytes == bytes_of(folder / "u.xlsx")) << "the same tables give the same bytes";
  EXPECT_EQ(folder.entries(), 2U) << "no temporary files remain";
}

TEST(Xlsx, KeepsFormulasAsTextAndNumbersAsNumbers) {
  const ScratchFolder folder;
  write_xlsx(folder / "t.xlsx", {one_column({std::string("=1+1"), 0.25, std::string(40000, 'x')})});
  const std::string command = "cd " + folder.text() +
                              " && python3 -c \"import zipfile; z = zipfile.ZipFile('t.xlsx'); " +
                              "open('s.xml','wb').write(z.read('xl/worksheets/sheet1.xml'))\" 2>/dev/null";
  if (std::system(command.c_str()) != 0)
    GTEST_SKIP() << "Xlsx.KeepsFormulasAsTextAndNumbersAsNumbers: no python3 to unzip with";
  const std::string sheet = bytes_of(folder / "s.xml");
  EXPECT_EQ(sheet.find("<f>"), std::string::npos);
  EXPECT_NE(sheet.find("<c r=\"A2\" t=\"s\">"), std::string::npos);
  EXPECT_NE(sheet.find("<c r=\"A3\"><v>0.25</v>"), std::string::npos);
  EXPECT_NE(sheet.find("state=\"frozen\""), std::string::npos);
  EXPECT_NE(sheet.find("<autoFilter ref=\"A1:B4\"/>"), std::string::npos);
}

TEST(Xlsx, LimitsAndFullDisksAreErrors) {
  const ScratchFolder folder;
  Table table{"big", {"a"}, std::vector<std::vector<Cell>>(1048576, std::vector<Cell>(1))};
  expect_error(ErrorCode::unwritable, "1048576", [&] { write_xlsx(folder / "t.xlsx", {table}); });
  expect_error(ErrorCode::unwritable, "none/t.xlsx", [&] { write_xlsx(folder / "none/t.xlsx", {}); });
  const Table some = one_column(std::vector<Cell>(20000, 0.123456789));
  EXPECT_TRUE(reports_full_disk(4096, [&] { write_xlsx(folder / "t.xlsx", {some}); }));
}

}  // namespace
}  // namespace urbiome
