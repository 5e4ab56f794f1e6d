#include "stats_cases/case_functions.hpp"

namespace plumb::stats_cases {
Result<Json> run_panel(const CaseContext&) { return fail(Errc::unsupported, "later"); }
}  // namespace plumb::stats_cases
