// The services by which a command talks: log, progress, result, and what there is to know of who listens.
#include "service_tables.hpp"
#include "services.hpp"

namespace host {
namespace {

// ---- Log

LogLevel level_of(int level) {
    if (level <= PCASCTL_LOG_TRACE) return LogLevel::trace;
    return level >= PCASCTL_LOG_ERROR ? LogLevel::error : static_cast<LogLevel>(level);
}

int enabled(const pcasctl_host *host, int level) noexcept {
    return services(host).parts().log.enabled(level_of(level)) ? 1 : 0;
}

void write_log(const pcasctl_host *host, int level, const char *message, const pcasctl_log_field *fields,
               std::size_t field_count) noexcept {
    LogFields views;
    for (std::size_t i = 0; i < field_count; ++i) views.emplace_back(fields[i].key, fields[i].value);
    services(host).parts().log.write(level_of(level), message, views);
}

// ---- Cancellation

int requested(const pcasctl_host *host) noexcept {
    return services(host).parts().cancellation.signal();
}

int descriptor(const pcasctl_host *host) noexcept {
    return services(host).parts().cancellation.descriptor();
}

// ---- Output

int format(const pcasctl_host *host) noexcept {
    return services(host).parts().common.json_output ? PCASCTL_OUTPUT_JSON : PCASCTL_OUTPUT_TEXT;
}

int write_output(const pcasctl_host *host, const char *bytes, std::size_t length) noexcept {
    return services(host).parts().output.write({bytes, length}) ? 1 : 0;
}

// ---- Terminal

int interactive(const pcasctl_host *host, int stream) noexcept {
    return services(host).parts().terminal.interactive(stream) ? 1 : 0;
}

int colour(const pcasctl_host *host, int stream) noexcept {
    return services(host).parts().terminal.colour(stream) ? 1 : 0;
}

int columns(const pcasctl_host *host) noexcept {
    return services(host).parts().terminal.columns();
}

// ---- Progress

int begin(const pcasctl_host *host, const char *label, const char *unit, std::int64_t total) noexcept {
    return services(host).parts().progress.begin(label, unit, total);
}

void update(const pcasctl_host *host, int task, std::int64_t done, std::int64_t total) noexcept {
    services(host).parts().progress.update(task, done, total);
}

void end(const pcasctl_host *host, int task) noexcept {
    services(host).parts().progress.end(task);
}

} // namespace

const pcasctl_log log_service = {sizeof(pcasctl_log), enabled, write_log};
const pcasctl_cancel cancel_service = {sizeof(pcasctl_cancel), requested, descriptor};
const pcasctl_output output_service = {sizeof(pcasctl_output), format, write_output};
const pcasctl_terminal terminal_service = {sizeof(pcasctl_terminal), interactive, colour, columns};
const pcasctl_progress progress_service = {sizeof(pcasctl_progress), begin, update, end};

} // namespace host
