#include "server_settings.hpp"

namespace backfill {
namespace {

Parameter text(std::string_view value) {
    return {text_oid, value, false};
}

Parameter flag(bool value) {
    return text(value ? "on" : "off");
}

} // namespace

ServerSettings::ServerSettings(std::chrono::milliseconds lock_timeout, std::chrono::milliseconds statement_timeout,
                               bool read_only)
    : lock_timeout_(std::to_string(lock_timeout.count())),
      statement_timeout_(std::to_string(statement_timeout.count())), read_only_(read_only) {}

std::vector<Parameter> ServerSettings::for_transaction(bool commit_waits, std::string_view watchword) const {
    return {text(lock_timeout_), text(statement_timeout_), flag(read_only_), flag(commit_waits), text(""),
            text(watchword)};
}

std::vector<Parameter> ServerSettings::for_session(std::string_view ends) const {
    return {text(lock_timeout_), text(statement_timeout_), flag(read_only_), flag(false), text(ends), text("")};
}

} // namespace backfill
