#include <iostream>
#include <string_view>

#include "stats_cases/run_cases.hpp"

// A program of one command, for checking the statistics alone: stats --cases FILE [--data-root DIR].
int main(int argc, char** argv) {
    std::filesystem::path file;
    std::filesystem::path data_root;
    bool understood = argc >= 2 && std::string_view{argv[1]} == "stats";
    for (int i = 2; understood && i + 1 < argc; i += 2) {
        const std::string_view flag = argv[i];
        if (flag == "--cases")
            file = argv[i + 1];
        else if (flag == "--data-root")
            data_root = argv[i + 1];
        else
            understood = false;
    }
    if (!understood || file.empty() || argc % 2 != 0) {
        std::cerr << "usage: stats_cases_runner stats --cases FILE.json [--data-root DIR]\n";
        return 2;
    }
    if (data_root.empty()) data_root = file.parent_path();
    return plumb::stats_cases::run_cases(file, data_root, std::cout, std::cerr);
}
