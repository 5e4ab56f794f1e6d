#pragma once

#include "app/benchmarks.hpp"
#include "app/paper_run.hpp"
#include "report/report_data.hpp"

namespace plumb::app {

/// A search as the report shows it: totals, survivors and the nearest others, the funnel, every ordered
/// test's p-value.
report::Search report_search(const BenchmarkSearch& search);

/// A session as the report shows it.
report::Session report_session(const ReportCollector& collector, const SessionMetrics& metrics);

/// Writes the report in one step. Errors of io::replace_file.
Status write_report(const std::filesystem::path& path, const report::ReportData& data);

}  // namespace plumb::app
