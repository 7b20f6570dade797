#include "services.hpp"

#include "service_tables.hpp"
#include "suggest.hpp"

#include <fmt/format.h>

#include <string_view>

namespace host {
namespace {

bool function_fits(OptionType type, std::string_view function) {
    if (function == "integer") return type == OptionType::integer || type == OptionType::duration;
    if (function == "number") return type == OptionType::number;
    if (function == "flag") return type == OptionType::flag;
    return true;
}

struct NamedService {
    std::string_view id;
    const void *table;
};

constexpr NamedService all_services[] = {
    {PCASCTL_OPTIONS_SERVICE, &options_service},   {PCASCTL_LOG_SERVICE, &log_service},
    {PCASCTL_CANCEL_SERVICE, &cancel_service},     {PCASCTL_OUTPUT_SERVICE, &output_service},
    {PCASCTL_TERMINAL_SERVICE, &terminal_service}, {PCASCTL_PROGRESS_SERVICE, &progress_service},
    {PCASCTL_CONFIG_SERVICE, &config_service},     {PCASCTL_DIRECTORIES_SERVICE, &directories_service},
};

const void *get_service(const pcasctl_host *, const char *id) noexcept {
    for (const NamedService &service : all_services)
        if (service.id == id) return service.table;
    return nullptr;
}

void fail(const pcasctl_host *host, const char *message) noexcept {
    services(host).fail(message);
}

} // namespace

Services &services(const pcasctl_host *host) {
    return *static_cast<Services *>(host->context);
}

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

const std::vector<const ConfigEntry *> &Services::table(const std::string &name) {
    const std::lock_guard lock(mutex_);
    const auto [found, is_new] = tables_.try_emplace(name);
    if (!is_new) return found->second;
    const std::string section = parts_.command + "." + name;
    for (const ConfigEntry &entry : parts_.file.entries)
        if (entry.section == section) found->second.push_back(&entry);
    return found->second;
}

const char *Services::keep(std::string text) {
    const std::lock_guard lock(mutex_);
    return kept_.insert(std::move(text)).first->c_str();
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
