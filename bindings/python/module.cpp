// The compiled half of the Python package: tables as lists, errors as exceptions. The pandas half is
// urbiome/__init__.py.
#include <pybind11/pybind11.h>

#include <chrono>
#include <exception>
#include <future>
#include <memory>

#include "urbiome/base/error.h"
#include "urbiome/exec/executor.h"
#include "urbiome/run/api.h"

namespace py = pybind11;

namespace urbiome {
namespace {

py::object to_python(const Cell& cell) {
  if (const auto* number = std::get_if<double>(&cell)) return py::float_(*number);
  if (const auto* integer = std::get_if<std::int64_t>(&cell)) return py::int_(*integer);
  if (const auto* text = std::get_if<std::string>(&cell)) return py::str(*text);
  return py::none();
}

// (column names, one list per column)
py::tuple to_python(const Table& table) {
  py::list names, columns;
  for (std::size_t column = 0; column < table.columns.size(); ++column) {
    py::list cells(table.rows.size());
    for (std::size_t row = 0; row < table.rows.size(); ++row) cells[row] = to_python(table.rows[row][column]);
    names.append(table.columns[column]);
    columns.append(std::move(cells));
  }
  return py::make_tuple(std::move(names), std::move(columns));
}

// The engine works on a thread of its own, without the interpreter's lock; this thread looks for Ctrl-C meanwhile.
Table assess_interruptibly(AssessRequest request) {
  CancelToken cancel;
  request.cancel = &cancel;
  std::unique_ptr<py::error_already_set> interruption;  // KeyboardInterrupt, or what a handler of the caller raised
  Table table;
  std::exception_ptr failure;
  {
    py::gil_scoped_release unlocked;
    std::future<Table> work = std::async(std::launch::async, [&request] { return assess_table(request); });
    while (work.wait_for(std::chrono::milliseconds(50)) != std::future_status::ready) {
      if (interruption) continue;
      py::gil_scoped_acquire locked;
      if (PyErr_CheckSignals() != 0) {
        interruption = std::make_unique<py::error_already_set>();
        cancel.cancel();
      }
    }
    try {
      table = work.get();
    } catch (...) {
      failure = std::current_exception();
    }
  }
  if (interruption) throw *interruption;  // only now: the engine has stopped and cleaned up
  if (failure) std::rethrow_exception(failure);
  return table;
}

std::string_view word_for(ErrorCode code) {
  switch (code) {
    case ErrorCode::usage:
      return "usage";
    case ErrorCode::unreadable:
      return "unreadable";
    case ErrorCode::contradiction:
      return "contradiction";
    case ErrorCode::unwritable:
      return "unwritable";
    case ErrorCode::memory:
      return "memory";
    case ErrorCode::cancelled:
      return "cancelled";
    case ErrorCode::internal:
      return "internal";
  }
  return "internal";
}

// urbiome.Error(sentence) with the attribute `code`.
void raise_in_python(const Error& error) {
  const py::object type = py::module_::import("urbiome._errors").attr("Error");
  const py::object instance = type(error.what());
  instance.attr("code") = py::str(std::string(word_for(error.code())));
  PyErr_SetObject(type.ptr(), instance.ptr());
}

}  // namespace
}  // namespace urbiome

PYBIND11_MODULE(_urbiome, module) {
  using namespace urbiome;
  module.doc() = "The compiled half of the package urbiome; use the package.";

  py::register_exception_translator([](std::exception_ptr pointer) {
    try {
      if (pointer) std::rethrow_exception(pointer);
    } catch (const Error& error) {
      raise_in_python(error);
    }
  });

  module.def("version", [] { return std::string(version()); });
  module.def("catalogue", [] { return to_python(catalogue_table()); });
  module.def(
      "assess",
      [](const std::string& recipe, const std::string& out, bool overwrite, std::int64_t memory, int num_threads) {
        AssessRequest request;
        request.recipe = recipe;
        request.out = out;
        request.overwrite = overwrite;
        request.memory_bytes = memory;
        request.num_threads = num_threads;
        return to_python(assess_interruptibly(std::move(request)));
      },
      py::arg("recipe"), py::arg("out"), py::arg("overwrite"), py::arg("memory"), py::arg("num_threads"));
}
