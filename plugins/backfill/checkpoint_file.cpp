#include "checkpoint_file.hpp"

#include "file_error.hpp"

#include <fmt/format.h>

#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <stdexcept>
#include <sys/file.h>
#include <sys/stat.h>

namespace backfill {
namespace {

constexpr off_t largest = off_t{32} << 20; // three ids of a megabyte, all of them escaped

[[noreturn]] void taken(const std::string &name) {
    throw FileError(fmt::format("--checkpoint: another run goes on from {}: let it end, or give another name", name));
}

[[noreturn]] void cannot_write(const std::string &name, int error) {
    throw FileError(fmt::format("--checkpoint: cannot write {}: {}", name, std::strerror(error)));
}

// NFS wants it to be writable.
Descriptor open_to_lock(const std::filesystem::path &path) {
    return Descriptor(::open(path.c_str(), O_RDWR | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC));
}

// Where there is a file, though none could be locked: it has come since, or we may not write to it.
[[noreturn]] void not_the_first(const std::filesystem::path &path) {
    if (open_to_lock(path).is_open() || errno != EACCES) taken(path);
    throw FileError(fmt::format("--checkpoint: cannot write {0}: {1}: 'chmod u+w {0}' allows it", path.native(),
                                std::strerror(EACCES)));
}

// Why a file is not to be trusted with what it says, or nothing.
std::optional<std::string> flaw_of(const struct stat &status) {
    if (!S_ISREG(status.st_mode)) return "it is not a regular file";
    if (status.st_uid != ::geteuid()) return fmt::format("it belongs to another user (uid {})", status.st_uid);
    if ((status.st_mode & (S_IWGRP | S_IWOTH)) != 0) return "other users may write to it";
    if (status.st_size > largest) return "it is too large to be a checkpoint";
    return std::nullopt;
}

// A new file beside the one that it will replace, or where there is none; removed again unless it takes that place.
class Successor {
public:
    explicit Successor(const std::filesystem::path &path)
        : path_(path.native() + ".XXXXXX"), file_(::mkostemp(path_.data(), O_CLOEXEC)) { // with mode 0600
        if (!file_.is_open()) path_.clear();
    }
    ~Successor() {
        if (!path_.empty()) ::unlink(path_.c_str());
    }
    Successor(const Successor &) = delete;
    Successor &operator=(const Successor &) = delete;

    // Each gives the file, locked, if it is in its place; not open, and errno, if that is not possible.
    Descriptor replace(const std::filesystem::path &path, std::string_view text) {
        return fill(text) ? rename_over(path) : Descriptor();
    }
    // EEXIST if there is a file by now. Not all file systems have the links that tell.
    Descriptor be_the_first(const std::filesystem::path &path, std::string_view text) {
        if (!fill(text)) return Descriptor();
        if (::link(path_.c_str(), path.c_str()) == 0) return std::move(file_);
        return errno == EEXIST ? Descriptor() : rename_over(path);
    }

private:
    bool fill(std::string_view text) {
        if (!file_.is_open() || !file_.write(text) || ::fsync(file_.number()) != 0) return false;
        ::flock(file_.number(), LOCK_EX | LOCK_NB); // not all file systems can, and there is nobody else yet
        return true;
    }
    Descriptor rename_over(const std::filesystem::path &path) {
        if (::rename(path_.c_str(), path.c_str()) != 0) return Descriptor();
        path_.clear();
        return std::move(file_);
    }

    std::string path_; // empty if there is nothing to be removed
    Descriptor file_;
};

bool sync_directory_of(const std::filesystem::path &path) {
    const std::filesystem::path directory = path.has_parent_path() ? path.parent_path() : ".";
    const Descriptor descriptor(::open(directory.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    return descriptor.is_open() && ::fsync(descriptor.number()) == 0;
}

} // namespace

void CheckpointFile::lock() {
    Descriptor file = open_to_lock(path_);
    if (!file.is_open()) return; // there is none, or read() or write() says what is wrong with it
    struct stat ours {};
    struct stat now {};
    const bool is_locked = ::flock(file.number(), LOCK_EX | LOCK_NB) != 0 && errno == EWOULDBLOCK;
    const bool was_replaced = ::fstat(file.number(), &ours) == 0 && ::lstat(path_.c_str(), &now) == 0
                              && (ours.st_ino != now.st_ino || ours.st_dev != now.st_dev);
    if (is_locked || was_replaced) taken(name());
    locked_ = std::move(file);
}

std::optional<Checkpoint> CheckpointFile::read() const {
    const Descriptor file(::open(path_.c_str(), O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC));
    if (!file.is_open() && errno == ENOENT) return std::nullopt;
    if (!file.is_open() && errno == ELOOP) refuse("it is a symbolic link");
    struct stat status {};
    if (!file.is_open() || ::fstat(file.number(), &status) != 0) refuse(std::strerror(errno));
    if (const auto flaw = flaw_of(status)) refuse(*flaw);

    std::string text(static_cast<std::size_t>(status.st_size) + 1, '\0'); // a byte more shows where it ends
    const ssize_t count = file.read(text.data(), text.size());
    if (count < 0) refuse(std::strerror(errno));
    text.resize(static_cast<std::size_t>(count));
    try {
        return parse_checkpoint(text);
    } catch (const std::invalid_argument &flaw) {
        refuse(flaw.what());
    }
}

void CheckpointFile::refuse(const std::string &reason) const {
    throw FileError(fmt::format("--checkpoint: cannot go on from {}: {}. Remove it to begin again at the first event, "
                                "which does no harm: rows that are right are not written",
                                name(), reason));
}

void CheckpointFile::write(const Checkpoint &checkpoint) {
    const bool first = !locked_.is_open();
    Successor successor(path_);
    const std::string text = to_text(checkpoint);
    Descriptor written = first ? successor.be_the_first(path_, text) : successor.replace(path_, text);
    if (!written.is_open() && first && errno == EEXIST) not_the_first(path_);
    if (!written.is_open()) cannot_write(name(), errno);
    locked_ = std::move(written);
    if (!sync_directory_of(path_)) cannot_write(name(), errno);
}

} // namespace backfill
