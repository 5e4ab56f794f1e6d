/* Is this DuckDB new enough? Prints its version; status 0 from 1.1 on, whose C interface (appender, Parquet, chunks)
   is the one we use. Compiled by cmake/third_party.cmake and tools/fetch_deps against a DuckDB of the system. */
#include <duckdb.h>
#include <stdio.h>

int main(void) {
    const char* version = duckdb_library_version(); /* "v1.4.4" */
    int major = 0;
    int minor = 0;
    if (sscanf(version, "v%d.%d", &major, &minor) != 2) return 2;
    puts(version);
    return major > 1 || (major == 1 && minor >= 1) ? 0 : 1;
}
