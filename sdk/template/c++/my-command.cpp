// pcasctl my-command. What stands in <pcasctl/plugin.hpp> is all that it needs to know of pcasctl.
#include <pcasctl/plugin.hpp>

#include <cstdint>
#include <string>

// What pcasctl knows of the command without running it: help, completion and the checks of its options come from here.
// clang-format off
PCASCTL_MANIFEST({
    "command": "my-command",
    "version": "0.1.0",
    "summary": "Greet somebody",
    "description": ["Greets whom you name. Replace this by what your command does."],
    "options": [
        {"name": "name", "short": "n", "default": "world", "positional": true, "help": "Whom to greet."},
        {"name": "times", "short": "t", "type": "integer", "value": "N", "default": "1", "minimum": 1, "maximum": 1000,
         "help": "How often."}
    ],
    "examples": [{"text": "Greet Ada twice", "command": "pcasctl my-command Ada --times 2"}]
});
// clang-format on

class Command {
public:
    explicit Command(pcasctl::Host host) : host_(host) {}

    // An exception that leaves it fails the command, and its message is shown.
    int run() {
        const std::string greeting = "Hello, " + host_.options().text("name") + "!\n";
        const std::int64_t times = host_.options().integer("times");
        for (std::int64_t i = 0; i < times; ++i)
            if (!host_.output().write(greeting)) break; // stdout takes no more: pcasctl says so
        return PCASCTL_EXIT_DONE;
    }

private:
    pcasctl::Host host_;
};

PCASCTL_COMMAND(Command);
