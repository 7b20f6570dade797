// The services that hand over what the user has set: options, tables of the configuration file, directories.
#include "command_directory.hpp"
#include "service_tables.hpp"
#include "services.hpp"

#include <unistd.h>

namespace host {
namespace {

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

// ---- Configuration

const char *file(const pcasctl_host *host) noexcept {
    const auto &path = services(host).parts().file.path;
    return path.empty() ? nullptr : path.c_str();
}

const std::vector<const ConfigEntry *> &table(const pcasctl_host *host, const char *table) noexcept {
    return services(host).table(table);
}

std::size_t count_entries(const pcasctl_host *host, const char *name) noexcept {
    return table(host, name).size();
}

const char *entry_name(const pcasctl_host *host, const char *name, std::size_t index) noexcept {
    const auto &entries = table(host, name);
    return index < entries.size() ? entries[index]->key.c_str() : nullptr;
}

const char *entry_value(const pcasctl_host *host, const char *name, std::size_t index) noexcept {
    const auto &entries = table(host, name);
    return index < entries.size() ? entries[index]->value.c_str() : nullptr;
}

// ---- Directories

const char *path(const pcasctl_host *host, int kind, const char **reason) noexcept {
    const Parts &parts = services(host).parts();
    const auto found =
        command_directory(static_cast<DirectoryKind>(kind), parts.command, parts.environment, ::geteuid());
    const auto *refusal = std::get_if<Refusal>(&found);
    if (reason != nullptr) *reason = refusal != nullptr ? services(host).keep(refusal->reason) : nullptr;
    return refusal == nullptr ? services(host).keep(std::get<std::filesystem::path>(found).string()) : nullptr;
}

} // namespace

const pcasctl_options options_service = {sizeof(pcasctl_options), count, source, text, integer, number, flag};
const pcasctl_config config_service = {sizeof(pcasctl_config), file, count_entries, entry_name, entry_value};
const pcasctl_directories directories_service = {sizeof(pcasctl_directories), path};

} // namespace host
