#include "sqlite_file.hpp"

#include "file_check.hpp"
#include "source_error.hpp"

#include <SQLiteCpp/Exception.h>
#include <SQLiteCpp/Transaction.h>
#include <fmt/format.h>

#include <cctype>
#include <chrono>
#include <ctime>
#include <fcntl.h>
#include <string>
#include <sys/stat.h>
#include <thread>

namespace backfill {
namespace {

constexpr int busy_timeout_ms = 5000;
constexpr int attempts = 100;
constexpr std::chrono::milliseconds timestamp_grain{20}; // file systems stamp by the kernel's tick: 10 ms at most

// A path in a URI may hold no '?', '#' or '%' of its own.
std::string uri(const std::filesystem::path &path, const char *parameters) {
    std::string text = "file:";
    for (const char character : path.string()) {
        const bool plain = std::isalnum(static_cast<unsigned char>(character)) != 0 || character == '/'
                           || character == '.' || character == '_' || character == '-';
        text += plain ? std::string(1, character) : fmt::format("%{:02X}", static_cast<unsigned char>(character));
    }
    return text + parameters;
}

std::filesystem::path beside(const std::filesystem::path &path, const char *suffix) {
    return std::filesystem::path(path.native() + suffix);
}

SourceError explained(const std::filesystem::path &path, const SQLite::Exception &error) {
    const std::string file = path.string();
    switch (error.getErrorCode()) {
    case SQLITE_BUSY:
        return SourceError(fmt::format("{} stayed locked by another program for {} s: try again, or stop that program",
                                       file, busy_timeout_ms / 1000));
    case SQLITE_NOTADB:
        return SourceError(fmt::format("{} is not an SQLite database, or is encrypted", file));
    case SQLITE_CORRUPT:
        return SourceError(
            fmt::format("{} is damaged ({}): restore it from a backup, or run 'sqlite3 FILE .recover' on a "
                        "copy and backfill from what that gives",
                        file, error.what()));
    case SQLITE_READONLY:
        if (error.getExtendedErrorCode() == SQLITE_READONLY_ROLLBACK)
            return SourceError(
                fmt::format("{} was not closed properly, and what its -journal holds must be undone before "
                            "it can be read: start and stop PCAS once, then try again",
                            file));
        [[fallthrough]];
    default:
        return SourceError(fmt::format("cannot read {}: {}", file, error.what()));
    }
}

// May be gone at the next look: another program was just starting, stopping or recovering.
bool may_pass(const SQLite::Exception &error) {
    const int code = error.getExtendedErrorCode();
    return error.getErrorCode() == SQLITE_CANTOPEN || code == SQLITE_READONLY_RECOVERY
           || code == SQLITE_READONLY_CANTINIT;
}

} // namespace

SqliteFile::SqliteFile(const std::filesystem::path &path) : path_(resolve_readable_file(path)), identity_(look().file) {
    read_journal_mode(path_); // here for its checks
}

std::optional<SqliteFile::Stamp> SqliteFile::stamp(const std::filesystem::path &path) {
    struct stat status {};
    if (::stat(path.c_str(), &status) != 0) return std::nullopt;
    return Stamp{status.st_dev, status.st_ino, status.st_size,
                 std::int64_t{status.st_mtim.tv_sec} * 1'000'000'000 + status.st_mtim.tv_nsec};
}

SqliteFile::Surroundings SqliteFile::look() const {
    const std::optional<Stamp> file = stamp(path_);
    if (!file) throw SourceError(fmt::format("{} is no longer there", path_.string()));
    return {*file, stamp(beside(path_, "-wal")), stamp(beside(path_, "-shm")).has_value()};
}

// A file written within the clock's last ticks can be written again and keep its stamp: such a stamp proves nothing
// yet.
bool SqliteFile::settled(const Surroundings &now) {
    timespec clock{};
    ::clock_gettime(CLOCK_REALTIME, &clock);
    const std::int64_t now_ns = std::int64_t{clock.tv_sec} * 1'000'000'000 + clock.tv_nsec;
    const auto is_old = [now_ns](const Stamp &stamp) {
        const std::int64_t age = now_ns - stamp.modified_ns;
        return age < 0 || age > std::chrono::nanoseconds(timestamp_grain).count();
    };
    return is_old(now.file) && (!now.wal || is_old(*now.wal));
}

// Whether nothing happened between two looks that a read has to heed. Under SQLite's locks that is only what decides
// about the access; without them it is every write.
bool SqliteFile::unmoved(const Surroundings &before, const Surroundings &after) const {
    if (access_ != Access::locked) return before == after;
    return before.wal.has_value() == after.wal.has_value() && before.shared_memory == after.shared_memory;
}

void SqliteFile::open(const Surroundings &now) {
    database_.reset();
    if (now.wal)
        access_ = now.shared_memory ? Access::locked : Access::private_wal;
    else
        access_ = read_journal_mode(path_) == JournalMode::wal ? Access::unchanging : Access::locked;

    const bool locked = access_ == Access::locked;
    close_after_read_ = locked && now.wal && is_open_elsewhere(path_);
    const char *parameters = access_ == Access::unchanging ? "?mode=ro&immutable=1" : "?mode=ro&readonly_shm=1";
    database_.emplace(uri(path_, parameters), SQLite::OPEN_READONLY | SQLite::OPEN_URI | SQLite::OPEN_NOMUTEX,
                      busy_timeout_ms, (locked ? locked_files_ : unlocked_files_).name());
    opened_in_ = now;
    sqlite3_db_config(database_->getHandle(), SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, nullptr);
    database_->exec("PRAGMA temp_store = MEMORY");
    // Makes SQLite keep the WAL's index in its own memory instead of in a -shm file.
    if (access_ == Access::private_wal) database_->exec("PRAGMA locking_mode = EXCLUSIVE");
}

void SqliteFile::read(const std::function<void(SQLite::Database &)> &work) {
    std::string obstacle = "another program keeps writing it without sharing it";
    for (int attempt = 0; attempt < attempts; ++attempt) {
        const Surroundings before = look();
        if (before.file.inode != identity_.inode || before.file.device != identity_.device)
            throw SourceError(
                fmt::format("{} was replaced by another file while it was read: run again", path_.string()));
        try {
            if (read_once(before, work)) {
                if (close_after_read_) database_.reset();
                return;
            }
        } catch (const SQLite::Exception &error) {
            if (unmoved(before, look()) && !may_pass(error)) throw explained(path_, error);
            obstacle = error.what();
        }
        database_.reset();
        std::this_thread::sleep_for(timestamp_grain); // whoever starts, stops or writes needs a moment
    }
    throw SourceError(
        fmt::format("cannot read {}: {}; stop the programs that use it and run again, or backfill from a copy "
                    "made with sqlite3's .backup",
                    path_.string(), obstacle));
}

// False if what was read, or would be, is worth nothing because somebody writes.
bool SqliteFile::read_once(const Surroundings &before, const std::function<void(SQLite::Database &)> &work) {
    if (!database_ || !unmoved(*opened_in_, before)) open(before);
    if (access_ != Access::locked && !settled(before)) return false;
    SQLite::Transaction transaction(*database_);
    work(*database_);
    transaction.commit();
    return access_ == Access::locked || look() == before;
}

} // namespace backfill
