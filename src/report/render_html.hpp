#pragma once

#include <string>
#include <string_view>

#include "report/report_data.hpp"

namespace plumb::report {

/// The report as one HTML file: pictures, tables, styles and scripts inside it, nothing fetched from
/// anywhere. Names and texts are escaped whatever they hold. Series longer than kPointsMax keep the extremes
/// of each bucket.
std::string render_html(const ReportData& data);

/// Text as it may stand between tags and in quoted attributes.
std::string escape_html(std::string_view text);

}  // namespace plumb::report
