#pragma once

#include <iosfwd>
#include <string>

#include "selection/find_options.hpp"
#include "selection/findings.hpp"

namespace plumb::app {

/// What a search is shown with.
struct FindingsContext {
    const selection::Panel& panel;
    const selection::FindOptions& options;
    std::string source;  // "csv"
    std::size_t keep;    // survivors to show and keep
    double seconds = 0;  // the search took
};

/// The search for people: what was looked at, how many tests, what chance alone would find, where pairs fell,
/// survivors with their evidence, or the five best p-values where there is none. 110 columns at most.
void print_findings(const selection::Findings& findings, const FindingsContext& context, std::ostream& out);

/// The same as JSON lines: one per pair whose test was below the threshold (all: every pair), then
/// {"summary": ..}.
void print_findings_json(const selection::Findings& findings, const FindingsContext& context,
                         std::ostream& out);

}  // namespace plumb::app
