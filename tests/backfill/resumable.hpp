// What tests of several runs after one another start from: events of which some fail, and where runs leave word of it.
#pragma once

#include "command_fixture.hpp"

#include <nlohmann/json.hpp>

#include <string>
#include <vector>

// 3000 events: every tenth has no vector, e7 and e2007 have no time that could be understood, and the server does not
// take e42.
struct Resumable : Ready {
    Resumable();

    nlohmann::json stored() const; // the checkpoint
    // Until the run that works at it has written a checkpoint behind that of the run before.
    int wait_for_row_behind(int row) const;
    std::vector<nlohmann::json> failures() const; // in the report

    // However fast the machine is, the update of each of these events takes longer than a checkpoint waits.
    void take_a_second_for(const std::vector<std::string> &ids) const;

    // What an undisturbed run leaves behind.
    void check_complete() const;

    std::string checkpoint = directory / "checkpoint";
    std::string report = directory / "report";
};

// The complaint of a run that must not have changed anything.
std::string refusal(const Resumable &backfill, const std::vector<std::string> &options, int exit_code = 3);
