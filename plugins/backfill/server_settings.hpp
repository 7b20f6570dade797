// What holds for our transactions: the parameters of Statements::settings.
#pragma once

#include "postgres.hpp"

#include <chrono>
#include <string>
#include <string_view>
#include <vector>

namespace backfill {

class ServerSettings {
public:
    // Of the timeouts 0 is none.
    ServerSettings(std::chrono::milliseconds lock_timeout, std::chrono::milliseconds statement_timeout, bool read_only);

    // The bytes are borrowed, those of the arguments too. `commit_waits`: for the disk.
    std::vector<Parameter> for_transaction(bool commit_waits, std::string_view watchword = {}) const;
    // For the session with these ends; in it commits do not wait.
    std::vector<Parameter> for_session(std::string_view ends) const;

private:
    std::string lock_timeout_, statement_timeout_;
    bool read_only_;
};

} // namespace backfill
