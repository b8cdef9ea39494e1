// A folder that appears whole or not at all.
//
//   OutputFolder folder("out", /*overwrite=*/true);
//   write_csv(folder.path("results.csv"), table);
//   folder.commit();     // old aside, new in, old deleted; without commit the partial folder is removed
//
// Everything is written to `.<name>.partial-<process>` beside the target and renamed at the end, so a killed run leaves
// the target as it was. What such a run leaves beside it is never reused and may be deleted.
#pragma once

#include <string>
#include <vector>

namespace urbiome {

class OutputFolder {
 public:
  // Error{usage} when `target` exists and `overwrite` is false (it is a file, or a folder that is not empty);
  // Error{unwritable} when its parent cannot be written. With overwrite an existing folder must look like urbiome's own
  // output (it holds run.json or compare.csv): anything else is refused, so that a slip of the pen deletes nothing. The
  // working directory and the folders above it are refused too. A link to a folder is followed.
  OutputFolder(const std::string& target, bool overwrite);
  ~OutputFolder();
  OutputFolder(const OutputFolder&) = delete;
  OutputFolder& operator=(const OutputFolder&) = delete;

  const std::string& staging() const { return staging_; }  // beside the target
  // Inside staging; parent folders are made. An absolute path or one with ".." is Error{unwritable}.
  std::string path(const std::string& relative) const;
  // Looks at the target again; Error{unwritable} when it may not be replaced, or no longer.
  void commit();

 private:
  std::string target_, staging_;
  bool overwrite_, committed_ = false;
};

// The same for one file: write to staging(), which has the target's extension, then commit. A sidecar `.aux.xml` moves
// along.
class OutputFile {
 public:
  // As OutputFolder's; Error{usage} also when another one of this process has the same target.
  OutputFile(const std::string& target, bool overwrite);
  ~OutputFile();
  OutputFile(const OutputFile&) = delete;
  OutputFile& operator=(const OutputFile&) = delete;
  const std::string& staging() const { return staging_; }
  void commit() { commit_all({this}); }
  // Several files of one run: whoever is asked to stop meanwhile finds all of them in place or none.
  static void commit_all(const std::vector<OutputFile*>& files);

 private:
  void place();

  std::string target_, staging_;
  bool overwrite_, committed_ = false;
};

// For a command that ends at once while its threads still write: removes what the folders and files above have not put
// in place, and none is put in place any more. False, and nothing is done, when all are in place already.
bool abandon_outputs();

// Error{usage} when `target` exists and one of `inputs` (datasets, files or folders) is it or lies inside it: replacing
// it would destroy what is read.
void keep_apart(const std::string& target, const std::vector<std::string>& inputs);

// sha256 in hex, and size in bytes, of a local file; Error{unreadable}.
std::string sha256_of_file(const std::string& path);

// Files that make up a dataset as GDAL or OGR reports them (sidecars, VRT sources of every depth), local ones only:
// sorted, without doubles, an archive for what lies in it. A file that is no dataset stands for itself.
std::vector<std::string> files_of_dataset(const std::string& path);

}  // namespace urbiome
