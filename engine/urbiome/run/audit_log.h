// What the engine noticed about the data: warnings that change how figures may be read, and notes.
#pragma once

#include <string>
#include <utility>
#include <vector>

namespace urbiome {

struct AuditEntry {
  bool warning = false;  // otherwise a note
  std::string subject;   // the layer or zone
  std::string message;   // one sentence
  bool operator==(const AuditEntry&) const = default;
};

class AuditLog {
 public:
  void warn(std::string subject, std::string message) { add({true, std::move(subject), std::move(message)}); }
  void note(std::string subject, std::string message) { add({false, std::move(subject), std::move(message)}); }
  const std::vector<AuditEntry>& entries() const { return entries_; }

 private:
  void add(AuditEntry entry) {                       // the same remark once, however many dates make it
    const std::string named = entry.subject + ": ";  // a reader of several files names the one it means
    if (entry.message.starts_with(named)) entry.message.erase(0, named.size());
    for (const AuditEntry& known : entries_) {
      if (known == entry) return;
    }
    entries_.push_back(std::move(entry));
  }
  std::vector<AuditEntry> entries_;
};

}  // namespace urbiome
