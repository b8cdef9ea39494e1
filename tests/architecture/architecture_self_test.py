#!/usr/bin/env python3
"""Plants violations in a small house and sees that each is found, and that a good house passes."""

import tempfile
import unittest
from pathlib import Path

from architecture import check

CMAKE = """
urbiome_module(base DOORS fmt::fmt)
urbiome_module(raster DEPENDS base)
urbiome_module(vector DEPENDS base raster)
urbiome_module(kernel DEPENDS base raster vector)  # coordinates only
urbiome_module(io DEPENDS base raster vector)
urbiome_module(facts DEPENDS kernel)
urbiome_module(run DEPENDS io facts)
urbiome_embed(urbiome_run sample_files ${PROJECT_SOURCE_DIR}/datasets city.toml)
"""
GOOD = {
    "base/error.h": "#include <string>\n",
    "base/error.cpp": "#include <fmt/format.h>\n",
    "raster/grid.h": '#include "urbiome/base/error.h"\n',
    "vector/geometry.h": "",
    "vector/crs.h": "",
    "vector/crs.cpp": "#include <proj.h>\n",
    "kernel/near.h": '#include "urbiome/vector/geometry.h"\n',
    "io/json.h": "#include <nlohmann/json.hpp>\n",
    "io/gdal_door.h": "#include <gdal_priv.h>\n",
    "io/raster_reader.cpp": '#include "urbiome/io/gdal_door.h"\n#include <unistd.h>\n',
    "facts/people.h": '#include "urbiome/kernel/near.h"\n',
    "run/run.cpp": '#include "urbiome/io/json.h"\n#include "sample_files.h"\n',
    "run/quoted.cpp": "/* #include <gdal.h>\n*/\n// #include <gdal.h>\n",
    "cli/main.cpp": '#include <CLI/CLI.hpp>\n#include "urbiome/run/run.h"\n',
}


class PlantedViolations(unittest.TestCase):
    def problems(self, planted=None, cmake=CMAKE):
        with tempfile.TemporaryDirectory() as folder:
            root = Path(folder)
            for name, text in {**GOOD, **(planted or {})}.items():
                path = root / (name if name.startswith(("tests/", "bench/")) else f"engine/urbiome/{name}")
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_text(text, encoding="utf-8")
            (root / "engine/CMakeLists.txt").write_text(cmake, encoding="utf-8")
            return check(root)

    def assert_found(self, text, planted=None, cmake=CMAKE):
        problems = self.problems(planted, cmake)
        self.assertEqual(len(problems), 1, problems)
        self.assertIn(text, problems[0])

    def test_a_good_house_passes(self):
        self.assertEqual(self.problems(), [])

    def test_an_arrow_that_runs_down(self):
        self.assert_found("no arrow leads from base to raster", {"base/a.h": '#include "urbiome/raster/grid.h"\n'})

    def test_an_arrow_between_neighbours(self):
        self.assert_found("no arrow leads from io to kernel", {"io/a.cpp": '#include "urbiome/kernel/near.h"\n'})

    def test_the_command_is_included_by_nobody(self):
        self.assert_found("no arrow leads from run to cli", {"run/a.cpp": '#include "urbiome/cli/verbs.h"\n'})

    def test_kernel_sees_coordinates_but_no_crs(self):
        self.assert_found("urbiome/vector/crs.h", {"kernel/a.cpp": '#include "urbiome/vector/crs.h"\n'})

    def test_a_library_outside_its_door(self):
        self.assert_found("<gdal_priv.h> outside its door io", {"run/a.cpp": "  #  include   <gdal_priv.h>\n"})

    def test_a_quoted_library(self):
        self.assert_found('"gdal.h" is not written from urbiome/', {"run/a.cpp": '#include "gdal.h"\n'})

    def test_a_library_without_a_door(self):
        self.assert_found("<boost/any.hpp> has no door", {"io/a.cpp": "#include <boost/any.hpp>\n"})

    def test_a_private_header_seen_from_outside(self):
        self.assert_found("private to its module io", {"run/a.cpp": '#include "urbiome/io/gdal_door.h"\n'})

    def test_a_library_shown_through_another_header(self):
        reader = '#include "urbiome/io/gdal_door.h"\n'
        planted = {"io/reader.h": reader, "run/a.cpp": '#include "urbiome/io/reader.h"\n'}
        self.assert_found("urbiome/io/reader.h shows a third-party library", planted)

    def test_the_operating_system_in_a_kernel(self):
        self.assert_found("operating system", {"kernel/a.cpp": "#include <sys/mman.h>\n"})

    def test_a_relative_include(self):
        self.assert_found("not written from urbiome/", {"run/a.cpp": '#include "../io/json.h"\n'})

    def test_embedded_files_belong_to_one_module(self):
        self.assert_found("embedded in module run", {"io/a.cpp": '#include "sample_files.h"\n'})

    def test_cmake_against_the_plan(self):
        self.assert_found("module base depends on io", cmake=CMAKE.replace("base DOORS", "base DEPENDS io DOORS"))

    def test_a_folder_without_a_target(self):
        self.assert_found("no CMake module", {"graph/path.h": ""})

    def test_a_vague_name(self):
        self.assert_found("does not say what is in it", {"io/string_utils.h": ""})

    def test_a_vague_folder(self):
        self.assert_found("does not say what is in it", {"tests/common/x_test.cpp": ""})

    def test_camel_case(self):
        self.assert_found("not snake_case", {"io/RasterReader.h": ""})

    def test_a_file_too_long(self):
        self.assert_found("801 lines", {"io/long.cpp": "//\n" * 801})


if __name__ == "__main__":
    unittest.main()
