// Uses, by the C++ wrapper, the services that most commands can do without, and says what it got.
#include <pcasctl/plugin.hpp>

// clang-format off
PCASCTL_MANIFEST({
    "command": "serves", "version": "1", "summary": "Say what the host's services give",
    "options": [{"name": "service", "type": "choice", "choices": ["progress", "directories", "config"], "required": true, "positional": true, "help": "Which."}]
});
// clang-format on

namespace {

class Serves {
public:
    explicit Serves(pcasctl::Host host) : host_(host) {}

    int run() {
        const std::string service = host_.options().text("service");
        if (service == "progress") progress();
        if (service == "directories") directories();
        if (service == "config") config();
        return PCASCTL_EXIT_DONE;
    }

private:
    void say(const std::string &text) const { host_.output().write(text); }

    void progress() const {
        pcasctl::Progress outer = host_.progress("Copying", "files", 3);
        say("half ");
        say("a line\n");
        host_.log().warning("odd file");
        {
            const pcasctl::Progress inner = host_.progress("Reading", "bytes");
            inner.update(1);
        }
        const pcasctl::Progress moved = std::move(outer);
        moved.update(1, 2);
        host_.raw()->fail(host_.raw(), "shown only if the command fails");
    }

    void directories() const {
        const pcasctl::Directories directories = host_.directories();
        for (const std::string &path : {directories.config(), directories.state(), directories.cache()})
            say(path + "\n");
    }

    void config() const {
        say(host_.config().file() + "\n");
        for (const auto &[name, value] : host_.config().table("friends"))
            say(std::string(name).append(" is ").append(value).append("\n"));
        say(std::to_string(host_.config().table("foes").size()) + " foes\n");
    }

    pcasctl::Host host_;
};

} // namespace

PCASCTL_COMMAND(Serves);
