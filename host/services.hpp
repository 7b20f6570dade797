// The host as a running plugin sees it: the structures and functions of <pcasctl/plugin.h>, on top of the parts that do
// the work. This class is what is behind the pointer that the plugin gets; the functions that the plugin calls stand in
// value_services.cpp and message_services.cpp.
#pragma once

#include "cancellation.hpp"
#include "config_file.hpp"
#include "environment.hpp"
#include "log.hpp"
#include "output.hpp"
#include "progress.hpp"
#include "settings.hpp"
#include "terminal.hpp"

#include <pcasctl/plugin.h>

#include <map>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace host {

// What the services serve. Borrowed by Services for its life.
struct Parts {
    const std::string &command;
    const Settings &settings;
    const Common &common;
    const ConfigFile &file;
    const Environment &environment;
    const Terminal &terminal;
    const Cancellation &cancellation;
    Log &log;
    Progress &progress;
    Output &output;
};

class Services {
public:
    explicit Services(const Parts &parts);
    Services(const Services &) = delete;
    Services &operator=(const Services &) = delete;

    const pcasctl_host *host() const { return &host_; }
    const Parts &parts() const { return parts_; }

    // What the plugin gave to fail(), last.
    std::optional<std::string> reason() const;
    // The plugin's first mistake in using the services: it asked for an option that it has not declared.
    std::optional<std::string> mistake() const;

    // For the functions that the plugin calls.
    const Setting *setting(const char *name) noexcept;
    const Value *value(const char *name, std::size_t index, const char *function) noexcept;
    const std::vector<const ConfigEntry *> &table(const std::string &name);
    // A string that stays where it is as long as the host does.
    const char *keep(std::string text);
    void fail(const char *message) noexcept;

private:
    void note_mistake(std::string mistake);

    Parts parts_;
    pcasctl_host host_;
    mutable std::mutex mutex_;
    std::optional<std::string> reason_;
    std::optional<std::string> mistake_;
    std::map<std::string, std::vector<const ConfigEntry *>> tables_; // those that were asked for
    std::set<std::string> kept_;
};

} // namespace host
