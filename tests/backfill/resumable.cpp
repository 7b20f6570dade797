#include "resumable.hpp"

#include <doctest/doctest.h>

#include <chrono>
#include <sstream>
#include <thread>

using support::read_file;
using Json = nlohmann::json;

Resumable::Resumable() : Ready(3000) {
    sqlite("UPDATE events SET time = 'soon' WHERE id IN ('e7', 'e2007')");
    database.exec("DELETE FROM pcas_vectors WHERE id LIKE '%0';"
                  "ALTER TABLE pcas_vectors ADD CONSTRAINT odd CHECK (session_id <> 's42')");
}

Json Resumable::stored() const {
    return Json::parse(read_file(checkpoint));
}

int Resumable::wait_for_row_behind(int row) const {
    for (const auto start = std::chrono::steady_clock::now();
         std::chrono::steady_clock::now() - start < std::chrono::minutes(1);
         std::this_thread::sleep_for(std::chrono::milliseconds(10))) {
        const Json reached = stored()["events"];
        if (!reached.is_null() && reached["rowid"] > row) return reached["rowid"];
    }
    FAIL("no checkpoint was written");
    return row;
}

std::vector<Json> Resumable::failures() const {
    std::vector<Json> records;
    std::istringstream lines(read_file(report));
    for (std::string line; std::getline(lines, line);) records.push_back(Json::parse(line));
    return records;
}

void Resumable::take_a_second_for(const std::vector<std::string> &ids) const {
    database.exec("CREATE TABLE slow (id text); GRANT SELECT ON slow TO PUBLIC;"
                  "CREATE FUNCTION slow() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
                  "IF EXISTS (SELECT 1 FROM slow WHERE id = new.id) THEN PERFORM pg_sleep(1.2); END IF; "
                  "RETURN new; END $$;"
                  "CREATE TRIGGER slow BEFORE UPDATE ON pcas_vectors FOR EACH ROW EXECUTE FUNCTION slow()");
    for (const std::string &id : ids) database.exec("INSERT INTO slow VALUES ('" + id + "')");
}

void Resumable::check_complete() const {
    CHECK(value("SELECT count(*) FROM pcas_vectors WHERE metadata IS NOT NULL") == "2697");
    CHECK(value("SELECT string_agg(id, ',' ORDER BY id) FROM pcas_vectors WHERE metadata IS NULL") == "e2007,e42,e7");
    CHECK(value("SELECT count(*) FROM pcas_vectors WHERE metadata->>'session_id' = 's' || substr(id, 2)") == "2697");
}

std::string refusal(const Resumable &backfill, const std::vector<std::string> &options, int exit_code) {
    const std::string before = backfill.row_versions();
    std::string said = complaint(backfill, options, exit_code);
    CHECK(backfill.row_versions() == before);
    return said;
}
