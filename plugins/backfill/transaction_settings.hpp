// What holds for a transaction alone: the parameters of Statements::settings.
#pragma once

#include "postgres.hpp"

#include <chrono>
#include <string>
#include <vector>

namespace backfill {

class TransactionSettings {
public:
    // Of the timeouts 0 is none.
    TransactionSettings(std::chrono::milliseconds lock_timeout, std::chrono::milliseconds statement_timeout,
                        bool read_only);

    // `commit_waits`: for the disk. The bytes are borrowed.
    std::vector<Parameter> parameters(bool commit_waits) const;

private:
    std::string lock_timeout_, statement_timeout_;
    bool read_only_;
};

} // namespace backfill
