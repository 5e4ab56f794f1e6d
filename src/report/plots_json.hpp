#pragma once

#include <string>

#include "report/report_data.hpp"

namespace plumb::report {

/// Everything the report's script draws, as one JSON text that is safe inside a script element ("<" is
/// written \u003c).
/// {"sessions": [..], "matrices": [..]}, each by the index of its section; times in seconds since 1970.
std::string plots_json(const ReportData& data);

}  // namespace plumb::report
