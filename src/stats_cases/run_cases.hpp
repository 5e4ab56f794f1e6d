#pragma once

#include <filesystem>
#include <iosfwd>

#include "stats_cases/case_input.hpp"

namespace plumb::stats_cases {

/// Runs every case of a file in the schema {"cases": [{"id", "fn", inputs, "args"}]} and prints one line
/// each, in the order of the file: {"id", "result": {...}} or {"id", "error": {"kind", "message"}}. A value
/// that is absent (no half-life, no critical value) is null; NaN and infinities are never printed.
///
/// @param data_root  folder that the cases' "file" paths start from
/// @return           exit status: 0 ran · 2 the file is not in the schema · 3 it cannot be read; then one
/// line on `err`
int run_cases(const std::filesystem::path& file, const std::filesystem::path& data_root, std::ostream& out,
              std::ostream& err);

/// One case. Errc::unsupported where "fn" is not known.
Result<Json> run_case(const Json& item, CaseInput& input);

}  // namespace plumb::stats_cases
