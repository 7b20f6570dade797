#include "failure_file.hpp"

#include "file_error.hpp"
#include "id_list.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>
#include <sys/file.h>
#include <sys/stat.h>

namespace backfill {

FailureFile::FailureFile(const std::string &path, Earlier earlier)
    : path_(path), earlier_(earlier),
      file_(::open(path.c_str(), O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC, S_IRUSR | S_IWUSR)) {
    if (!file_.is_open()) file_ = Descriptor(::open(path.c_str(), O_WRONLY | O_APPEND | O_CLOEXEC)); // a pipe, perhaps
    struct stat status {};
    if (!file_.is_open() || ::fstat(file_.number(), &status) != 0) fail(errno);
    is_regular_ = S_ISREG(status.st_mode);
    if (!is_regular_) return;
    if (status.st_size != 0) require_report();
    if (::flock(file_.number(), LOCK_EX | LOCK_NB) != 0 && errno == EWOULDBLOCK)
        throw FileError(fmt::format("--report: another run is writing to {}: give another name, or let it end", path_));
}

void FailureFile::begin() {
    if (!is_regular_) return;
    if (earlier_ == Earlier::kept)
        cut_to_whole_records();
    else if (::ftruncate(file_.number(), 0) != 0)
        fail(errno);
}

void FailureFile::add(const Failure &failure) {
    pending_ += to_record(failure);
}

void FailureFile::flush() {
    if (broken_ == 0 && !file_.write(pending_)) broken_ = errno;
    if (broken_ != 0) fail(broken_);
    pending_.clear();
}

// The kernel tells of a lost page once; to ask again would be answered with yes.
void FailureFile::sync() {
    if (lost_ == 0 && is_regular_ && ::fdatasync(file_.number()) != 0) lost_ = errno;
    if (lost_ != 0) fail(lost_);
}

// Somebody's data under a mistyped name is worth more than a report.
void FailureFile::require_report() const {
    IdList records(path_);
    records.next();
    if (!records.is_report())
        throw FileError(fmt::format("--report: {} is there already and is not a report of backfill: it is left as it "
                                    "is; give another name",
                                    path_));
}

// A run that was killed while it wrote may have left a part of its last record. What that said is said again, because
// it is behind no checkpoint.
void FailureFile::cut_to_whole_records() const {
    char block[4096];
    off_t end = ::lseek(file_.number(), 0, SEEK_END);
    while (end > 0) {
        const off_t begin = std::max<off_t>(0, end - static_cast<off_t>(sizeof block));
        const ssize_t count = ::pread(file_.number(), block, static_cast<std::size_t>(end - begin), begin);
        if (count != end - begin) fail(count < 0 ? errno : EIO);
        const std::string_view bytes(block, static_cast<std::size_t>(count));
        const std::size_t last = bytes.rfind('\n');
        end = last == std::string_view::npos ? begin : begin + static_cast<off_t>(last) + 1;
        if (last != std::string_view::npos) break;
    }
    if (::ftruncate(file_.number(), end) != 0) fail(errno);
}

void FailureFile::fail(int error) const {
    throw FileError(fmt::format("--report: cannot write {}: {}", path_, std::strerror(error)));
}

} // namespace backfill
