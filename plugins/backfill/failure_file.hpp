// The file of --report: a record (see failure.hpp) of every failure, in the order in which they became known.
//
// What add() was given is with the system after flush(), so that killing this process loses nothing of it, and that is
// on the disk after sync(). A file that takes no more ends the run: what failed and is nowhere recorded could not be found
// again.
#pragma once

#include "descriptor.hpp"
#include "failure.hpp"

#include <string>

namespace backfill {

class FailureFile {
public:
    enum class Earlier { replaced, kept }; // the records of earlier runs

    // Made if it is not there, for its owner alone. Only a report is ever replaced or added to, and only by one run at a
    // time. Throws FileError, as all do.
    FailureFile(const std::string &path, Earlier earlier);

    // From here on the earlier records are gone, or followed by new ones. Before that the file is as it was.
    void begin();
    void add(const Failure &failure);
    void flush();
    void sync();

    const std::string &path() const { return path_; }

private:
    void require_report() const;
    void cut_to_whole_records() const;
    [[noreturn]] void fail(int error) const;

    std::string path_;
    Earlier earlier_;
    Descriptor file_;
    bool is_regular_ = false; // not a pipe, terminal, ...
    std::string pending_;
    int broken_ = 0; // the error that has perhaps cut a record: nothing is written behind that
    int lost_ = 0;   // the error by which records may be lost that were written
};

} // namespace backfill
