// Somebody else's SQLite file, read without leaving a trace.
//
// The file may belong to a running server that writes it, to one that crashed, or to nobody; it may lie on read-only
// media; and the server may start or stop while we read. SQLite's ordinary read-only mode fits some of these and
// creates files in others, so before each read we look what lies beside the file and open it in the way that fits
// (Access). Where no lock protects the read, it is checked like a seqlock: read, look again, and throw away what was
// read if anything has changed.
#pragma once

#include "read_only_files.hpp"

#include <SQLiteCpp/Database.h>

#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>

namespace backfill {

class SqliteFile {
public:
    explicit SqliteFile(const std::filesystem::path &path); // throws SourceError

    // Calls `work` inside a read transaction that ends with the call. It may be called again, on another connection,
    // if the file changed underneath: it must start from scratch then. Throws SourceError.
    void read(const std::function<void(SQLite::Database &)> &work);

private:
    enum class Access {
        locked,      // SQLite's locks protect the read: a rollback journal, or a WAL with its shared memory
        private_wal, // a WAL without shared memory, as in a copy of a crashed server's files: SQLite reads it for
                     // itself
        unchanging   // a file in WAL mode that nobody has open: there is nothing beside it, and nothing to lock
    };

    // Changes whenever somebody writes to the file.
    struct Stamp {
        std::uint64_t device, inode;
        std::int64_t size, modified_ns;
        bool operator==(const Stamp &) const = default;
    };

    struct Surroundings {
        Stamp file;
        std::optional<Stamp> wal;
        bool shared_memory;
        bool operator==(const Surroundings &) const = default;
    };

    static std::optional<Stamp> stamp(const std::filesystem::path &path);
    static bool settled(const Surroundings &now);
    Surroundings look() const;
    bool unmoved(const Surroundings &before, const Surroundings &after) const;
    void open(const Surroundings &now);
    bool read_once(const Surroundings &before, const std::function<void(SQLite::Database &)> &work);

    std::filesystem::path path_; // resolved: the -wal lies beside the file that a link leads to
    Stamp identity_;
    ReadOnlyFiles locked_files_{"unix"};
    ReadOnlyFiles unlocked_files_{"unix-none"};
    Access access_ = Access::locked;
    // A connection in WAL mode, however idle, keeps a server that stops from writing its WAL back and removing it: who
    // then copies the database alone has lost data. So where a server is, ours does not outlive a read. Where a server
    // crashed it does: each opening would read its whole WAL again.
    bool close_after_read_ = false;
    std::optional<Surroundings> opened_in_; // while database_ is open
    std::optional<SQLite::Database> database_;
};

} // namespace backfill
