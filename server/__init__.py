"""What stands between the network and Streamlit, and what happens beside serving."""
