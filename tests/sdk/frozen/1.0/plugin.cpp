// The same as plugin.c, by the C++ wrapper as it was. Never changed again, either.
#include <pcasctl/plugin.hpp>

// clang-format off
PCASCTL_MANIFEST({
    "command": "plugin",
    "version": "1.0",
    "summary": "Use all of ABI 1.0",
    "options": [
        {"name": "item", "positional": true, "repeatable": true, "help": "A few."},
        {"name": "text", "default": "as it is", "help": "A text."},
        {"name": "count", "short": "c", "type": "integer", "minimum": 1, "maximum": 9, "default": "7", "help": "An integer."},
        {"name": "ratio", "type": "number", "default": "0.5", "help": "A number."},
        {"name": "wait", "type": "duration", "default": "2m", "help": "A duration."},
        {"name": "pick", "type": "choice", "choices": ["this", "that"], "env": "FROZEN_PICK", "help": "A choice."},
        {"name": "flag", "type": "flag", "help": "A flag."},
        {"name": "reason", "secret": true, "help": "Fail with this reason."}
    ]
});
// clang-format on

namespace {

class Plugin {
public:
    explicit Plugin(pcasctl::Host host) : host_(host) { say("create\n"); }
    ~Plugin() { say("destroy\n"); }

    int run() {
        say(host_.command() == "plugin" && host_.raw()->abi_major == 1 ? "run\n" : "odd\n");
        show_options();
        show_services();
        if (host_.options().given("reason")) throw pcasctl::Failure(host_.options().text("reason"), 42);
        return PCASCTL_EXIT_DONE;
    }

private:
    void say(const std::string &text) const { host_.output().write(text); }

    void show_options() const {
        const pcasctl::Options options = host_.options();
        std::size_t number = 0;
        for (const std::string &item : options.texts("item"))
            say("item " + std::to_string(number++) + ": " + item + "\n");
        say("text " + options.text("text") + ", count " + std::to_string(options.integer("count")) + ", ratio "
            + std::to_string(options.number("ratio")).substr(0, 3) + ", wait " + std::to_string(options.integer("wait"))
            + " ms, pick " + (options.given("pick") ? options.text("pick") : "nothing") + " from "
            + std::to_string(options.source("pick")) + ", flag " + std::to_string(options.flag("flag")) + "\n");
    }

    void show_services() const {
        host_.log().warning("a frozen message", {{"from", "1.0"}, {"to", "now"}});
        say("json " + std::to_string(host_.output().json()) + ", cancelled "
            + std::to_string(host_.cancel().requested()) + ", descriptor "
            + std::to_string(host_.cancel().descriptor() >= 0) + ", terminal "
            + std::to_string(host_.terminal().interactive(PCASCTL_STDOUT)) + ", colour "
            + std::to_string(host_.terminal().colour(PCASCTL_STDERR)) + ", columns "
            + std::to_string(host_.terminal().columns() > 0) + ", nonsense "
            + std::to_string(host_.service<void>("nonsense/1") != nullptr) + "\n");
    }

    pcasctl::Host host_;
};

} // namespace

PCASCTL_COMMAND(Plugin);
