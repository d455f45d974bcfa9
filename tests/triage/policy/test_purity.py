import subprocess
import sys


def test_engine_needs_nothing_but_python():
    program = (
        "import sys\n"
        "before = set(sys.modules)\n"
        "import triage.policy, triage.policy.words, triage.policy.properties\n"
        "new = {name.split('.')[0] for name in set(sys.modules) - before}\n"
        "print(sorted(new - set(sys.stdlib_module_names) - {'triage'}))\n"
    )

    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)

    assert done.stdout == "[]\n"
