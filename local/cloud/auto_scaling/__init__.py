"""Auto Scaling as the user guide describes it: lifecycle hooks and instance refreshes take their time. The embedded
cloud itself puts every instance into service, and completes every refresh, at once."""
