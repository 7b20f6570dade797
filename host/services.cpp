#include "services.hpp"

#include "suggest.hpp"

#include <fmt/format.h>

#include <cstring>

namespace host {
namespace {

Services &services(const pcasctl_host *host) {
    return *static_cast<Services *>(host->context);
}

// ---- Options

std::size_t count(const pcasctl_host *host, const char *name) noexcept {
    const Setting *setting = services(host).setting(name);
    return setting != nullptr ? setting->values.size() : 0;
}

int source(const pcasctl_host *host, const char *name) noexcept {
    const Setting *setting = services(host).setting(name);
    return static_cast<int>(setting != nullptr ? setting->source : Source::none);
}

const char *text(const pcasctl_host *host, const char *name, std::size_t index) noexcept {
    const Value *value = services(host).value(name, index, "text");
    return value != nullptr ? value->text.c_str() : nullptr;
}

std::int64_t integer(const pcasctl_host *host, const char *name, std::size_t index) noexcept {
    const Value *value = services(host).value(name, index, "integer");
    return value != nullptr ? value->integer : 0;
}

double number(const pcasctl_host *host, const char *name, std::size_t index) noexcept {
    const Value *value = services(host).value(name, index, "number");
    return value != nullptr ? value->number : 0;
}

int flag(const pcasctl_host *host, const char *name) noexcept {
    const Value *value = services(host).value(name, 0, "flag");
    return value != nullptr && value->flag ? 1 : 0;
}

constexpr pcasctl_options options_service = {sizeof(pcasctl_options), count, source, text, integer, number, flag};

bool function_fits(OptionType type, std::string_view function) {
    if (function == "integer") return type == OptionType::integer || type == OptionType::duration;
    if (function == "number") return type == OptionType::number;
    if (function == "flag") return type == OptionType::flag;
    return true;
}

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

constexpr pcasctl_log log_service = {sizeof(pcasctl_log), enabled, write_log};

// ---- Cancellation

int requested(const pcasctl_host *host) noexcept {
    return services(host).parts().cancellation.signal();
}

int descriptor(const pcasctl_host *host) noexcept {
    return services(host).parts().cancellation.descriptor();
}

constexpr pcasctl_cancel cancel_service = {sizeof(pcasctl_cancel), requested, descriptor};

// ---- Output

int format(const pcasctl_host *host) noexcept {
    return services(host).parts().common.json_output ? PCASCTL_OUTPUT_JSON : PCASCTL_OUTPUT_TEXT;
}

int write_output(const pcasctl_host *host, const char *bytes, std::size_t length) noexcept {
    return services(host).parts().output.write({bytes, length}) ? 1 : 0;
}

constexpr pcasctl_output output_service = {sizeof(pcasctl_output), format, write_output};

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

constexpr pcasctl_terminal terminal_service = {sizeof(pcasctl_terminal), interactive, colour, columns};

// ---- The host

const void *get_service(const pcasctl_host *, const char *id) noexcept {
    const std::string_view name = id;
    if (name == PCASCTL_OPTIONS_SERVICE) return &options_service;
    if (name == PCASCTL_LOG_SERVICE) return &log_service;
    if (name == PCASCTL_CANCEL_SERVICE) return &cancel_service;
    if (name == PCASCTL_OUTPUT_SERVICE) return &output_service;
    if (name == PCASCTL_TERMINAL_SERVICE) return &terminal_service;
    return nullptr;
}

void fail(const pcasctl_host *host, const char *message) noexcept {
    services(host).fail(message);
}

} // namespace

Services::Services(const Parts &parts)
    : parts_(parts), host_{sizeof(pcasctl_host),  PCASCTL_ABI_MAJOR,
                           PCASCTL_ABI_MINOR,     PCASCTL_VERSION,
                           parts.command.c_str(), this,
                           get_service,           host::fail} {}

std::optional<std::string> Services::reason() const {
    const std::lock_guard lock(mutex_);
    return reason_;
}

std::optional<std::string> Services::mistake() const {
    const std::lock_guard lock(mutex_);
    return mistake_;
}

const Setting *Services::setting(const char *name) noexcept {
    const auto found = parts_.settings.find(name);
    if (found != parts_.settings.end()) return &found->second;
    std::vector<std::string> names;
    for (const auto &[known, setting] : parts_.settings) names.push_back(known);
    note_mistake(fmt::format("asked for the option '{}', which its manifest does not declare{}", name,
                             did_you_mean(name, names)));
    return nullptr;
}

const Value *Services::value(const char *name, std::size_t index, const char *function) noexcept {
    const Setting *found = setting(name);
    if (found == nullptr) return nullptr;
    if (!function_fits(found->option.type, function)) {
        note_mistake(fmt::format("asked for the option '{}' as {}, which is not the type that its manifest declares",
                                 name, function));
        return nullptr;
    }
    return index < found->values.size() ? &found->values[index] : nullptr;
}

void Services::fail(const char *message) noexcept {
    const std::lock_guard lock(mutex_);
    reason_ = message;
}

void Services::note_mistake(std::string mistake) {
    const std::lock_guard lock(mutex_);
    if (!mistake_) mistake_ = std::move(mistake);
}

} // namespace host
