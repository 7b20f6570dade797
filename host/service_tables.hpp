// The structures of functions that a plugin gets for the names in <pcasctl/plugin.h>. What is in them is C: no exception
// leaves it.
#pragma once

#include <pcasctl/plugin.h>

namespace host {

class Services;

// In value_services.cpp.
extern const pcasctl_options options_service;
extern const pcasctl_config config_service;
extern const pcasctl_directories directories_service;

// In message_services.cpp.
extern const pcasctl_log log_service;
extern const pcasctl_progress progress_service;
extern const pcasctl_cancel cancel_service;
extern const pcasctl_output output_service;
extern const pcasctl_terminal terminal_service;

// Whom such a function serves.
Services &services(const pcasctl_host *host);

} // namespace host
