// How far a task has come, in words.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>

namespace host {

struct TaskState {
    std::string label;
    std::string unit; // in the plural; "bytes" are shown as KiB, MiB, ...
    std::int64_t done = 0;
    std::optional<std::int64_t> total = {};
};

// "Counting: 30 of 40 files (75 %), 12 s left". How much time is left is a guess, and is made only once some has passed.
std::string progress_text(const TaskState &task, std::chrono::steady_clock::duration elapsed);

} // namespace host
