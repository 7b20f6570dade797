#include "trust.hpp"

#include "escape.hpp"

#include <fmt/format.h>

#include <cerrno>
#include <cstring>
#include <deque>
#include <sys/stat.h>

namespace host {
namespace {

constexpr int most_links = 40; // as the kernel has it

std::string shown(const std::filesystem::path &path) {
    return escape(path.string());
}

std::optional<Refusal> foreign(const std::filesystem::path &path, const struct stat &status, uid_t user) {
    if (status.st_uid == 0 || status.st_uid == user) return std::nullopt;
    return Refusal{
        fmt::format("{} belongs to user {}, who is neither root nor you: give it to yourself with 'chown {} {}'",
                    shown(path), status.st_uid, user, shown(path))};
}

std::optional<Refusal> writable_by_others(const std::filesystem::path &path, const struct stat &status, bool is_end) {
    const bool writable = (status.st_mode & (S_IWGRP | S_IWOTH)) != 0;
    const bool guarded = S_ISDIR(status.st_mode) && (status.st_mode & S_ISVTX) != 0 && !is_end;
    if (!writable || guarded) return std::nullopt;
    return Refusal{fmt::format("{} can be written by {}: take that away with 'chmod go-w {}'", shown(path),
                               (status.st_mode & S_IWOTH) != 0 ? "everybody" : "its group", shown(path))};
}

// The walk along one path, as the kernel would do it.
class Walk {
public:
    Walk(const std::filesystem::path &path, uid_t user) : user_(user) { put_ahead(path); }

    std::optional<Refusal> to_the_end() {
        struct stat root = {};
        if (::lstat("/", &root) != 0) return Refusal{fmt::format("/: {}", std::strerror(errno))};
        if (auto refusal = arrive("/", root)) return refusal;
        while (!ahead_.empty()) {
            const std::filesystem::path name = ahead_.front();
            ahead_.pop_front();
            if (name.empty() || name == "." || name == "/") continue;
            if (auto refusal = step(name)) return refusal;
        }
        return std::nullopt;
    }

private:
    void put_ahead(const std::filesystem::path &path) { ahead_.insert(ahead_.begin(), path.begin(), path.end()); }

    // Links are resolved as they are met, so the parent of where we are is its real parent.
    std::optional<Refusal> step(const std::filesystem::path &name) {
        const std::filesystem::path next = name == ".." ? here_.parent_path() : here_ / name;
        struct stat status = {};
        if (::lstat(next.c_str(), &status) != 0)
            return Refusal{fmt::format("{}: {}", shown(next), std::strerror(errno))};
        return S_ISLNK(status.st_mode) ? follow(next, status) : arrive(next, status);
    }

    std::optional<Refusal> follow(const std::filesystem::path &link, const struct stat &status) {
        if (auto refusal = foreign(link, status, user_)) return refusal;
        if (++links_ > most_links) return Refusal{fmt::format("{} leads through too many symbolic links", shown(link))};
        std::error_code error;
        const auto target = std::filesystem::read_symlink(link, error);
        if (error) return Refusal{fmt::format("{}: {}", shown(link), error.message())};
        if (target.is_absolute()) here_ = "/";
        put_ahead(target);
        return std::nullopt;
    }

    std::optional<Refusal> arrive(const std::filesystem::path &place, const struct stat &status) {
        here_ = place;
        if (auto refusal = foreign(place, status, user_)) return refusal;
        return writable_by_others(place, status, ahead_.empty());
    }

    uid_t user_;
    std::deque<std::filesystem::path> ahead_;
    std::filesystem::path here_ = "/";
    int links_ = 0;
};

} // namespace

std::optional<Refusal> judge_trust(const std::filesystem::path &path, uid_t user) {
    return Walk(path, user).to_the_end();
}

std::optional<Refusal> judge_entry(const std::filesystem::path &path, uid_t user) {
    struct stat status = {};
    if (::lstat(path.c_str(), &status) != 0) return Refusal{fmt::format("{}: {}", shown(path), std::strerror(errno))};
    if (S_ISLNK(status.st_mode)) return judge_trust(path, user);
    if (auto refusal = foreign(path, status, user)) return refusal;
    return writable_by_others(path, status, true);
}

} // namespace host
