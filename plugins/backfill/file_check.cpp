#include "file_check.hpp"

#include "descriptor.hpp"
#include "source_error.hpp"

#include <fmt/format.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <string_view>
#include <sys/stat.h>
#include <system_error>

namespace backfill {
namespace {

Descriptor open_to_read(const std::filesystem::path &path) {
    return Descriptor(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
}

[[noreturn]] void cannot_read(const std::filesystem::path &path, int error) {
    if (error == ENOENT || error == ENOTDIR)
        throw SourceError(fmt::format("there is no file {}: give the path of PCAS's SQLite file", path.string()));
    if (error == EACCES || error == EPERM)
        throw SourceError(fmt::format("no permission to read {}: run as a user who may read it", path.string()));
    throw SourceError(fmt::format("cannot read {}: {}", path.string(), std::strerror(error)));
}

constexpr std::size_t header_size = 100;
using Header = std::array<char, header_size>;

std::size_t read_header(const std::filesystem::path &path, Header &header) {
    const Descriptor file = open_to_read(path);
    if (!file.is_open()) cannot_read(path, errno);
    std::size_t filled = 0;
    while (filled < header.size()) {
        const ssize_t count = file.read(header.data() + filled, header.size() - filled);
        if (count < 0) cannot_read(path, errno);
        if (count == 0) break;
        filled += static_cast<std::size_t>(count);
    }
    return filled;
}

} // namespace

std::filesystem::path resolve_readable_file(const std::filesystem::path &path) {
    std::error_code error;
    std::filesystem::path resolved = std::filesystem::canonical(path, error);
    if (error) cannot_read(path, error.value());
    struct stat status {};
    if (::stat(resolved.c_str(), &status) != 0) cannot_read(path, errno);
    if (S_ISDIR(status.st_mode))
        throw SourceError(fmt::format("{} is a directory: give the path of PCAS's SQLite file in it", path.string()));
    if (!S_ISREG(status.st_mode)) throw SourceError(fmt::format("{} is not a regular file", path.string()));
    return resolved;
}

JournalMode read_journal_mode(const std::filesystem::path &path) {
    using namespace std::string_view_literals;
    constexpr std::string_view magic = "SQLite format 3\0"sv;
    constexpr std::size_t read_version = 19; // where the header says what a reader must understand
    constexpr char wal_version = 2;

    Header header{};
    const std::size_t size = read_header(path, header);
    if (size == 0)
        throw SourceError(
            fmt::format("{} is empty: there are no events in it; is this the file that PCAS uses?", path.string()));
    if (size < header.size() || std::string_view(header.data(), magic.size()) != magic)
        throw SourceError(fmt::format("{} is not an SQLite database, or is encrypted (which looks the same): give "
                                      "the SQLite file that PCAS stores its events in, decrypted",
                                      path.string()));
    return header[read_version] == wal_version ? JournalMode::wal : JournalMode::rollback;
}

bool is_open_elsewhere(const std::filesystem::path &path) {
    const Descriptor file = open_to_read(path);
    if (!file.is_open()) cannot_read(path, errno);
    // The bytes that SQLite's file format sets aside for shared locks. In WAL mode a connection holds one all its life.
    struct flock lock {};
    lock.l_type = F_WRLCK;
    lock.l_whence = SEEK_SET;
    lock.l_start = 0x40000002;
    lock.l_len = 510;
    return ::fcntl(file.number(), F_GETLK, &lock) == 0 && lock.l_type != F_UNLCK;
}

} // namespace backfill
