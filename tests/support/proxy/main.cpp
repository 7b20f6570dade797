// A link between a client and a PostgreSQL server that tests and measurements have in their hands: as long, as slow and
// as bad as they want it.
//
//   proxy --directory DIR --server SOCKET [--delay MS] [--rate BYTES] [--tcp]
//       Makes DIR/.s.PGSQL.5432, which leads to the server's SOCKET. --delay holds bytes back so many milliseconds each
//       way (a round trip takes twice that) without limiting how many are on the way; --rate is bytes a second, each
//       way. --tcp listens on a free port of the loopback interface as well. When it is ready it prints one line,
//       "ready port=N" (0 without --tcp). It ends with the process that started it.
//
// While it runs it is told what to do on DIR/control, a Unix socket that takes one command a line, and answers each with
// its status ("connections=1 bytes=23510 turns=12 stalled=no admitting=yes trap=none"; turns: how often a client said something
// after it had heard something, which is how often it waited for a round trip):
//   delay MS, rate BYTES    as the options; 0 for none
//   cut [BYTES]             close all connections; with BYTES: when so many more have passed, both ways together
//   stall [BYTES]           let nothing pass, neither way; the connections stay
//   resume                  let it pass again, and forget about a cut or stall that is still to come
//   refuse, admit           new connections
//   deny SQLSTATE           answer new connections with this error, as a server does that cannot take them
//   stray TURNS STATEMENTS  after so many turns more, before the answer to the last of them, send an answer to somebody else
//   status
#include "relay.hpp"

#include <csignal>
#include <cstdlib>
#include <exception>
#include <getopt.h>
#include <iostream>
#include <string>
#include <sys/prctl.h>
#include <utility>

namespace {

[[noreturn]] void wrong_usage() {
    std::cerr << "proxy --directory DIR --server SOCKET [--delay MS] [--rate BYTES] [--tcp]\n";
    std::exit(2);
}

Relay::Settings settings_from(int argc, char **argv) {
    const option options[] = {{"directory", required_argument, nullptr, 'd'},
                              {"server", required_argument, nullptr, 's'},
                              {"delay", required_argument, nullptr, 'm'},
                              {"rate", required_argument, nullptr, 'r'},
                              {"tcp", no_argument, nullptr, 't'},
                              {nullptr, 0, nullptr, 0}};
    Relay::Settings settings;
    for (int found; (found = ::getopt_long(argc, argv, "", options, nullptr)) != -1;) switch (found) {
        case 'd':
            settings.directory = optarg;
            break;
        case 's':
            settings.server = optarg;
            break;
        case 'm':
            settings.link.set_delay(std::strtod(optarg, nullptr));
            break;
        case 'r':
            settings.link.rate = std::strtod(optarg, nullptr);
            break;
        case 't':
            settings.tcp = true;
            break;
        default:
            wrong_usage();
        }
    if (settings.directory.empty() || settings.server.empty() || optind != argc) wrong_usage();
    return settings;
}

} // namespace

int main(int argc, char **argv) {
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);
    try {
        Relay relay(settings_from(argc, argv));
        std::cout << "ready port=" << relay.port() << std::endl;
        relay.run();
    } catch (const std::exception &error) {
        std::cerr << "proxy: " << error.what() << '\n';
        return 1;
    }
}
