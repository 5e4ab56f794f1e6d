#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/result.hpp"

namespace plumb::app::bench {

/// Whether more or less of the unit is better.
enum class Better : unsigned char { more, less };

/// One measured figure beside its peer or physical limit, both of the same run on the same machine.
struct Figure {
    std::string name;
    double ours = 0;
    std::optional<double> peer;   // another program doing the same work
    std::optional<double> limit;  // what the machine allows: the least work that has to be done
    std::string unit;
    std::string peer_name;
    std::string limit_name;
    std::optional<double> target;
    bool target_is_ratio = true;  // beside a peer; false: the target is in the unit all the same
    Better better = Better::more;
    std::string note;  // what was really done: trades made, decisions compared

    /// How many times better than the peer; without a peer the share of the limit that is reached (1: at the
    /// limit). Larger is better either way. Nothing when neither was measured.
    std::optional<double> ratio() const;
    /// The target counts as a ratio to the peer where there is one, else (or unless target_is_ratio) in the
    /// unit.
    std::optional<bool> met() const;
};

/// A benchmark: one name on the command line, one or more figures.
struct Benchmark {
    const char* name;
    const char* summary;
    Result<std::vector<Figure>> (*run)();
};

// Each is in <name>.cpp.
Result<std::vector<Figure>> measure_memory();
Result<std::vector<Figure>> measure_start_up();
Result<std::vector<Figure>> measure_engine();
Result<std::vector<Figure>> measure_allocations();
Result<std::vector<Figure>> measure_engle_granger();
Result<std::vector<Figure>> measure_wire_decode();
Result<std::vector<Figure>> measure_stream();
Result<std::vector<Figure>> measure_exchange();

}  // namespace plumb::app::bench
