// The host as a running plugin sees it: the structures and functions of <pcasctl/plugin.h>, on top of the parts that do
// the work. This is the only file of the host that speaks C to the plugin; no exception leaves it.
#pragma once

#include "cancellation.hpp"
#include "log.hpp"
#include "output.hpp"
#include "settings.hpp"
#include "terminal.hpp"

#include <pcasctl/plugin.h>

#include <mutex>
#include <optional>
#include <string>

namespace host {

// What the services serve. Borrowed by Services for its life.
struct Parts {
    const std::string &command;
    const Settings &settings;
    const Common &common;
    const Terminal &terminal;
    const Cancellation &cancellation;
    Log &log;
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

    // For the functions in services.cpp that the plugin calls.
    const Setting *setting(const char *name) noexcept;
    const Value *value(const char *name, std::size_t index, const char *function) noexcept;
    void fail(const char *message) noexcept;

private:
    void note_mistake(std::string mistake);

    Parts parts_;
    pcasctl_host host_;
    mutable std::mutex mutex_;
    std::optional<std::string> reason_;
    std::optional<std::string> mistake_;
};

} // namespace host
