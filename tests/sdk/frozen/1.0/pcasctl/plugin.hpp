/*
 * pcasctl/plugin.hpp - C++17 wrapper on <pcasctl/plugin.h>. Header-only: it compiles into the plugin, so the compiler,
 * the standard library and this file's version are the plugin's own affair. What crosses the border is described in
 * plugin.h; read that first.
 *
 *     #include <pcasctl/plugin.hpp>
 *
 *     PCASCTL_MANIFEST({
 *         "command": "hello", "version": "1.0.0", "summary": "Greet somebody",
 *         "options": [{"name": "name", "short": "n", "default": "world", "help": "Whom to greet."}]
 *     });
 *
 *     class Hello {
 *     public:
 *         explicit Hello(pcasctl::Host host) : host_(host) {}
 *         int run() {
 *             host_.output().write("Hello, " + host_.options().text("name") + "!\n");
 *             return PCASCTL_EXIT_DONE;
 *         }
 *     private:
 *         pcasctl::Host host_;
 *     };
 *
 *     PCASCTL_COMMAND(Hello);
 *
 * The constructor is the plugin's create, run() its run, the destructor its destroy. An exception that leaves one of
 * them fails the command: the message of a std::exception is shown to the user. Throw pcasctl::Failure to choose the
 * exit code.
 */
#ifndef PCASCTL_PLUGIN_HPP
#define PCASCTL_PLUGIN_HPP

#include <pcasctl/plugin.h>

#include <cstdint>
#include <exception>
#include <initializer_list>
#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace pcasctl {

/* Ends the command with a message for the user and an exit code (PCASCTL_EXIT_FAILED unless told). */
class Failure : public std::runtime_error {
public:
    explicit Failure(const std::string &message, int exit_code = PCASCTL_EXIT_FAILED)
        : std::runtime_error(message), exit_code_(exit_code) {}
    int exit_code() const noexcept { return exit_code_; }

private:
    int exit_code_;
};

/* Values of the manifest's options. `name` is the long name. See pcasctl_options. */
class Options {
public:
    Options(const pcasctl_host *host, const pcasctl_options *service) : host_(host), service_(service) {}

    bool given(const std::string &name) const { return count(name) != 0; }
    std::size_t count(const std::string &name) const { return service_->count(host_, name.c_str()); }
    int source(const std::string &name) const { return service_->source(host_, name.c_str()); }
    bool flag(const std::string &name) const { return service_->flag(host_, name.c_str()) != 0; }
    std::int64_t integer(const std::string &name, std::size_t index = 0) const {
        return service_->integer(host_, name.c_str(), index);
    }
    double number(const std::string &name, std::size_t index = 0) const {
        return service_->number(host_, name.c_str(), index);
    }

    /* The value, or "" where there is none. */
    std::string text(const std::string &name, std::size_t index = 0) const {
        const char *value = service_->text(host_, name.c_str(), index);
        return value != nullptr ? value : "";
    }
    std::vector<std::string> texts(const std::string &name) const {
        std::vector<std::string> values;
        for (std::size_t i = 0, n = count(name); i < n; ++i) values.push_back(text(name, i));
        return values;
    }

private:
    const pcasctl_host *host_;
    const pcasctl_options *service_;
};

/* Messages on stderr. A host without the service stays silent. See pcasctl_log. */
class Log {
public:
    using Fields = std::initializer_list<std::pair<const char *, std::string>>;

    Log(const pcasctl_host *host, const pcasctl_log *service) : host_(host), service_(service) {}

    bool enabled(int level) const { return service_ != nullptr && service_->enabled(host_, level) != 0; }
    void write(int level, const std::string &message, Fields fields = {}) const {
        if (!enabled(level)) return;
        std::vector<pcasctl_log_field> borrowed;
        for (const auto &field : fields) borrowed.push_back({field.first, field.second.c_str()});
        service_->write(host_, level, message.c_str(), borrowed.data(), borrowed.size());
    }
    void debug(const std::string &message, Fields fields = {}) const { write(PCASCTL_LOG_DEBUG, message, fields); }
    void info(const std::string &message, Fields fields = {}) const { write(PCASCTL_LOG_INFO, message, fields); }
    void warning(const std::string &message, Fields fields = {}) const { write(PCASCTL_LOG_WARNING, message, fields); }
    void error(const std::string &message, Fields fields = {}) const { write(PCASCTL_LOG_ERROR, message, fields); }

private:
    const pcasctl_host *host_;
    const pcasctl_log *service_;
};

/* Has the user asked the command to stop? Without the service nobody ever has. See pcasctl_cancel. */
class Cancel {
public:
    Cancel(const pcasctl_host *host, const pcasctl_cancel *service) : host_(host), service_(service) {}

    bool requested() const { return service_ != nullptr && service_->requested(host_) != 0; }
    /* For poll(); -1, which poll() ignores, without the service. */
    int descriptor() const { return service_ != nullptr ? service_->descriptor(host_) : -1; }

private:
    const pcasctl_host *host_;
    const pcasctl_cancel *service_;
};

/* The result on stdout. See pcasctl_output. */
class Output {
public:
    Output(const pcasctl_host *host, const pcasctl_output *service) : host_(host), service_(service) {}

    bool json() const { return service_->format(host_) == PCASCTL_OUTPUT_JSON; }
    /* false if stdout takes no more; the host reports that. */
    bool write(std::string_view text) const { return service_->write(host_, text.data(), text.size()) != 0; }

private:
    const pcasctl_host *host_;
    const pcasctl_output *service_;
};

/* Facts on the terminal. Without the service: none is there. See pcasctl_terminal. */
class Terminal {
public:
    Terminal(const pcasctl_host *host, const pcasctl_terminal *service) : host_(host), service_(service) {}

    bool interactive(int stream) const { return service_ != nullptr && service_->interactive(host_, stream) != 0; }
    bool colour(int stream) const { return service_ != nullptr && service_->colour(host_, stream) != 0; }
    int columns() const { return service_ != nullptr ? service_->columns(host_) : 80; }

private:
    const pcasctl_host *host_;
    const pcasctl_terminal *service_;
};

/* The host. A value, cheap to copy; valid until the command has been destroyed. */
class Host {
public:
    explicit Host(const pcasctl_host *host) noexcept : host_(host) {}

    const pcasctl_host *raw() const noexcept { return host_; }
    std::string version() const { return host_->version; }
    std::string command() const { return host_->command; }
    void fail(const std::string &message) const { host_->fail(host_, message.c_str()); }

    /* Throws Failure if the host lacks the service; use service() for what a command can do without. */
    Options options() const { return {host_, required<pcasctl_options>(PCASCTL_OPTIONS_SERVICE)}; }
    Output output() const { return {host_, required<pcasctl_output>(PCASCTL_OUTPUT_SERVICE)}; }

    Log log() const { return {host_, service<pcasctl_log>(PCASCTL_LOG_SERVICE)}; }
    Cancel cancel() const { return {host_, service<pcasctl_cancel>(PCASCTL_CANCEL_SERVICE)}; }
    Terminal terminal() const { return {host_, service<pcasctl_terminal>(PCASCTL_TERMINAL_SERVICE)}; }

    /* The service's structure, or nullptr if this host has none of that name. */
    template <class Service>
    const Service *service(const char *id) const {
        return static_cast<const Service *>(host_->get_service(host_, id));
    }

private:
    template <class Service>
    const Service *required(const char *id) const {
        const Service *found = service<Service>(id);
        if (found == nullptr)
            throw Failure(std::string("this pcasctl has no service ") + id + "; install a newer pcasctl");
        return found;
    }

    const pcasctl_host *host_;
};

namespace detail {

/* Runs `body`, and turns whatever leaves it into a message for the user and an exit code: nothing is thrown across the
 * border. */
template <class Body>
int stop_exceptions(const pcasctl_host *host, Body body) noexcept {
    try {
        return body();
    } catch (const Failure &failure) {
        host->fail(host, failure.what());
        return failure.exit_code();
    } catch (const std::exception &error) {
        host->fail(host, error.what());
    } catch (...) {
        host->fail(
            host,
            "an exception that is not a std::exception left the command; please report it to the plugin's author");
    }
    return PCASCTL_EXIT_FAILED;
}

template <class Command>
int create(const pcasctl_host *host, void **instance) noexcept {
    stop_exceptions(host, [&] {
        *instance = new Command(Host(host));
        return PCASCTL_EXIT_DONE;
    });
    return *instance != nullptr;
}

template <class Command>
int run(const pcasctl_host *host, void *instance) noexcept {
    return stop_exceptions(host, [&] { return static_cast<Command *>(instance)->run(); });
}

template <class Command>
void destroy(const pcasctl_host *host, void *instance) noexcept {
    stop_exceptions(host, [&] {
        delete static_cast<Command *>(instance);
        return PCASCTL_EXIT_DONE;
    });
}

} // namespace detail
} // namespace pcasctl

/* Makes `Command` (a class with a constructor from pcasctl::Host and `int run()`) the plugin's entry. At global scope,
 * once. */
#define PCASCTL_COMMAND(Command)                                                                                       \
    PCASCTL_ENTRY = {sizeof(pcasctl_plugin), &pcasctl::detail::create<Command>, &pcasctl::detail::run<Command>,        \
                     &pcasctl::detail::destroy<Command>}

#endif
